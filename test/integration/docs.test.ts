import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { cliReference } from '../../scripts/cli-reference.ts';
import { jsonReference } from '../../scripts/json-reference.ts';
import { loggingReference } from '../../scripts/logging-reference.ts';
import { dataDictionary, readCatalogs } from '../../scripts/data-dictionary.ts';

const catalogs = await readCatalogs();

function written(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

void describe('docs/ is what npm run docs would write', () => {
  void it('cli.md', async () => assert.equal(written('cli.md'), await cliReference()));
  void it('json.md', () => assert.equal(written('json.md'), jsonReference()));
  void it('logging.md', () => assert.equal(written('logging.md'), loggingReference()));
  void it('data-dictionary.md', () => assert.equal(written('data-dictionary.md'), dataDictionary(catalogs)));
});

void describe('the data dictionary', () => {
  void it('has a comment for every table, view and column', () => {
    const silent = catalogs
      .flatMap(({ relations }) => relations)
      .flatMap(({ name, comment, columns }) => [
        ...(comment === null ? [name] : []),
        ...columns.filter((column) => column.comment === null).map((column) => `${name}.${column.name}`),
      ]);
    assert.deepEqual(silent, []);
  });
});
