import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { compileValidation } from '../../src/core/validation.ts';
import type { Resource } from '../../src/core/resource.ts';
import type { Row, Table } from '../../src/core/table.ts';
import { NOT_METRIC, UNIT } from '../../src/core/units.ts';

const SENTENCE = /^\S.*[^ .]\.$/;
const UNITLESS = ['eccentricity', 'engine_thrust_to_weight'];

/** The rules for every resource of any source. `resources` contains all resources of that source. */
export function testResource(resource: Resource, resources: readonly Resource[]): void {
  describe(`resource ${resource.name}`, () => {
    const [main] = resource.tables;

    it('has a main table with its own name and one row per record', () => {
      assert.deepEqual([main.name, main.key, main.owner], [resource.name, ['id'], 'id']);
    });

    it('has tables whose key and owner columns are never null', () => {
      for (const { name, key, owner, columns } of resource.tables) {
        for (const column of [...key, owner])
          assert.equal(columns[column]?.nullable, false, `${name}.${column}`);
      }
    });

    it('has tables whose text keys, owners and references are ids', () => {
      for (const { name, key, owner, columns } of resource.tables) {
        for (const [column, { type, references }] of Object.entries(columns)) {
          const compared = key.includes(column) || owner === column || references !== undefined;
          if (compared) assert.notEqual(type, 'text', `${name}.${column}`);
        }
      }
    });

    it('describes each table and column in a sentence', () => {
      for (const { name, doc, columns } of resource.tables) {
        assert.match(doc, SENTENCE, name);
        for (const [column, one] of Object.entries(columns))
          assert.match(one.doc, SENTENCE, `${name}.${column}`);
      }
    });

    it('needs and references only existing resources', () => {
      const tables = new Set(resources.flatMap((one) => one.tables.map(({ name }) => name)));
      for (const [need, column] of Object.entries(resource.needs)) {
        const needed = resources.find(({ name }) => name === need);
        assert.equal(needed?.tables[0].columns[column]?.type, 'text');
      }
      for (const { references } of resource.tables.flatMap(({ columns }) => Object.values(columns))) {
        if (references !== undefined) assert.ok(tables.has(references), references);
      }
    });

    it('includes a metric unit, or knots, in the name of each measure', () => {
      for (const { name, columns } of resource.tables) {
        for (const [column, { type }] of Object.entries(columns)) {
          assert.doesNotMatch(column, NOT_METRIC, name);
          if (type === 'double precision' && !UNITLESS.includes(column)) assert.match(column, UNIT, name);
        }
      }
    });

    it('declares a reference for each column named after a resource, except for owner columns', () => {
      for (const { name, owner, columns } of resource.tables) {
        for (const [column, { references }] of Object.entries(columns)) {
          const stem = /(?:^|_)([a-z]+)_id$/.exec(column)?.[1];
          const named = resources.find((one) => [stem, `${stem}s`, `${stem}es`].includes(one.name))?.name;
          if (named !== undefined && column !== owner) assert.equal(references, named, `${name}.${column}`);
        }
      }
    });

    it('has a contract that compiles', () => {
      assert.notEqual(compileValidation(resource.contract)({}), null);
    });
  });
}

/** Asserts that the row has every column of its table, with null only in nullable columns. */
export function assertFits(row: Row, columns: Table['columns']): void {
  assert.deepEqual(Object.keys(row).sort(), Object.keys(columns).sort());
  for (const [column, { nullable }] of Object.entries(columns)) {
    assert.notEqual(row[column], undefined);
    if (nullable === false) assert.notEqual(row[column], null, column);
  }
}
