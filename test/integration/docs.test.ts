import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { dataDictionary, readCatalog } from '../../scripts/data-dictionary.ts';

const relations = await readCatalog();

function written(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

void describe('docs/ is what npm run docs would write', () => {
  void it('data-dictionary.md', () => assert.equal(written('data-dictionary.md'), dataDictionary(relations)));
});

void describe('the data dictionary', () => {
  void it('has a comment for every table, view and column', () => {
    const silent = relations.flatMap(({ name, comment, columns }) => [
      ...(comment === null ? [name] : []),
      ...columns.filter((column) => column.comment === null).map((column) => `${name}.${column.name}`),
    ]);
    assert.deepEqual(silent, []);
  });
});
