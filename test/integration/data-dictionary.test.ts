import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { dataDictionary, readCatalog } from '../../scripts/data-dictionary.ts';

const relations = await readCatalog();

void describe('the data dictionary', () => {
  void it('is the one in docs/: after a change, npm run docs', () => {
    const written = readFileSync(new URL('../../docs/data-dictionary.md', import.meta.url), 'utf8');
    assert.equal(written, dataDictionary(relations));
  });

  void it('has a comment for every table, view and column', () => {
    const silent = relations.flatMap(({ name, comment, columns }) => [
      ...(comment === null ? [name] : []),
      ...columns.filter((column) => column.comment === null).map((column) => `${name}.${column.name}`),
    ]);
    assert.deepEqual(silent, []);
  });
});
