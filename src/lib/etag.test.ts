import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sameEtag } from './etag.ts';

test('a weak and a strong tag of the same text are the same', () => {
  assert.ok(sameEtag('"x"', '"x"'));
  assert.ok(sameEtag('W/"x"', '"x"'));
  assert.ok(sameEtag('"x"', ' W/"x" '));
  assert.ok(sameEtag('W/"x"', 'W/"x"'));
});

test('different tags are not equal, and their case counts', () => {
  assert.ok(!sameEtag('"x"', '"y"'));
  assert.ok(!sameEtag('"x"', '"X"'));
  assert.ok(!sameEtag('"W/x"', '"x"'));
  assert.ok(!sameEtag('"x"', 'x'));
});
