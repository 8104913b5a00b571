import assert from 'node:assert/strict';
import { test } from 'node:test';

import { escapeJson, jsonText } from './json-text.ts';

test('a lone surrogate, which many parsers reject, becomes a replacement character', () => {
  const halves = 'high \ud83d, low \ude00, \\ud83d, \\\ud83d, pair \ud83d\ude00';
  const text = jsonText({ halves });
  assert.doesNotMatch(text.replaceAll('\\\\', ''), /\\ud/);
  assert.deepEqual(JSON.parse(text), { halves: halves.toWellFormed() });
  assert.equal(
    escapeJson(String.raw`["\ud83d\ude00", "\\ud83d", "\uD83D"]`),
    String.raw`["\ud83d\ude00", "\\ud83d", "\ufffd"]`,
  );
});

test('terminal control characters are escaped without changing the meaning of the document', () => {
  const value = {
    'k\u009bey': 'red \u001b[31m, csi \u009b2J, del \u007f, bidi \u202e, line \u2028',
    n: [1, null],
  };
  const text = jsonText(value);
  // oxlint-disable-next-line eslint/no-control-regex -- the expression looks for them
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
  assert.deepEqual(JSON.parse(text), value);
  assert.match(text, /^\{\n {2}"k/);
});
