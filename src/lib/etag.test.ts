import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sameEtag } from './etag.ts';

test('a weak and a strong tag with the same text are equal', () => {
  assert.ok(sameEtag('"x"', '"x"'));
  assert.ok(sameEtag('W/"x"', '"x"'));
  assert.ok(sameEtag('"x"', ' W/"x" '));
  assert.ok(sameEtag('W/"x"', 'W/"x"'));
});

test('tags that differ in text or case are not equal', () => {
  assert.ok(!sameEtag('"x"', '"y"'));
  assert.ok(!sameEtag('"x"', '"X"'));
  assert.ok(!sameEtag('"W/x"', '"x"'));
  assert.ok(!sameEtag('"x"', 'x'));
});
