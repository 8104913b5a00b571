import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseRecord } from '../lib/parse-record.ts';
import { erroredLine } from './stage-lines.ts';

function lineOf(text: string): Record<string, unknown> {
  const bytes = Buffer.from(text);
  const slice = { bytes, offset: 0, index: 0, parsed: parseRecord(bytes) };
  const errored = { valid: false, slice, page: 1, id: 'a', faults: [], superseded: false } as const;
  return JSON.parse(erroredLine(errored).toString('utf8'));
}

test('erroredLine stores a record as received, but as text if it is not JSON or is nested too deeply for most programs', () => {
  const nested = (depth: number): string =>
    `{"a":"]]}}\\"[[","b":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  assert.deepEqual(lineOf(nested(1000))['record'], JSON.parse(nested(1000)));
  assert.equal(lineOf(nested(1001))['raw'], nested(1001));
  assert.equal(lineOf(nested(1001))['record'], undefined);
  assert.equal(lineOf('{"a":tru}')['raw'], '{"a":tru}');
});
