import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { REPOSITORY } from './support/cli.ts';

const text = readFileSync(join(REPOSITORY, 'docs', 'guarantees.md'), 'utf8');

test('every promise lists its tests, and each listed test exists', () => {
  const promises = text.split(/^\*\*(?=\d\.)/m).slice(1);
  assert.equal(promises.length, 6);
  for (const promise of promises) {
    const named = [...promise.matchAll(/^- `([^`]+)`: (.+)$/gm)];
    assert.ok(named.length > 0, promise);
    for (const [, file = '', name = ''] of named) {
      assert.ok(isTest(readFileSync(join(REPOSITORY, file), 'utf8'), name), `${file} has no test: ${name}`);
    }
  }
});

/** A test's title may continue after the quoted text, or begin with an interpolated value. */
function isTest(source: string, name: string): boolean {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`\b(?:it|test)\(\s*['"\`][^\n]*${literal}`).test(source);
}
