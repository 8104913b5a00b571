import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { compileValidation } from '../../src/core/validation.ts';
import { satisfies } from '../../src/core/lenient.ts';
import type { Resource } from '../../src/core/resource.ts';
import { expectedBy, type Schema } from '../../src/core/schema.ts';

const CONTEXT = { transformedAt: '2026-01-02T03:04:05.678Z', lookup: (_: string, id: string) => `row ${id}` };

/** At least two values for each kind of schema in contracts. */
const VALUES = [
  true,
  false,
  17,
  18,
  '2019',
  '2020',
  '5eb87cd9ffd86e000604b32a',
  '5eb87cd9ffd86e000604b32b',
  'e3df2ecd-c239-472f-95e4-2b89b4f75800',
  'e3df2ecd-c239-472f-95e4-2b89b4f75801',
  '2006-03-24T22:30:00.000Z',
  '2007-03-24T22:30:00.000+01:00',
  '2020-06-19 21:46:09',
  '2021-06-19 21:46:09.5',
  '2006-03-24',
  '2007-03-24',
  'P31DT33M11S',
  'PT1H',
] as const;

/** Values that a leaf accepts, at least two of them. */
function values(schema: Schema): readonly unknown[] {
  const fitting = [...VALUES, schema['minimum'], schema['maximum']].filter((value) =>
    satisfies(schema, value),
  );
  const found = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : fitting;
  assert.ok(found.length > 1, JSON.stringify(schema));
  return found;
}

/** The parts of a schema or, if it is lenient, the parts of the schema that it expects. */
function partsOf(schema: Schema) {
  return (expectedBy(schema) ?? schema) as Schema & {
    readonly items?: Schema;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly required?: readonly string[];
    readonly type?: unknown;
  };
}

type Place = { readonly pointer: string; readonly path: readonly (string | number)[]; readonly leaf: Schema };

/** Every leaf of a contract. The only element of a list has index 0. */
function leaves(schema: Schema, path: readonly (string | number)[] = []): Place[] {
  const { items, properties } = partsOf(schema);
  if (items !== undefined) return leaves(items, [...path, 0]);
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([name, member]) => leaves(member, [...path, name]));
  }
  const pointer = path.map((step) => (step === 0 ? '/*' : `/${step}`)).join('');
  return [{ pointer, path, leaf: partsOf(schema) }];
}

/** A record in which every leaf is present, no list is empty and nothing is null. */
function sample(schema: Schema): unknown {
  const { items, properties } = partsOf(schema);
  if (items !== undefined) return [sample(items)];
  if (properties !== undefined) {
    return Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, sample(member)]));
  }
  return values(partsOf(schema))[0];
}

/** A record without optional members, in which every list is empty and every nullable value is null. */
function least(schema: Schema): unknown {
  const { items, properties, required, type } = partsOf(schema);
  if ([type].flat().includes('null')) return null;
  if (items !== undefined) return [];
  if (properties === undefined) return values(schema)[0];
  const members = Object.entries(properties).filter(([name]) => required?.includes(name));
  return Object.fromEntries(members.map(([name, member]) => [name, least(member)]));
}

function withValue(record: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = structuredClone(record);
  let holder = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) holder = holder[step] as typeof holder;
  holder[path.at(-1) ?? ''] = value;
  return copy;
}

/** Checks that each field of the contract reaches a table or is omitted on purpose. */
export function testCoverage(resource: Resource): void {
  describe(`the fields of ${resource.name}`, () => {
    const record = sample(resource.contract);
    const rows = resource.transform(record, CONTEXT);
    const places = leaves(resource.contract);

    it('have a sample that satisfies the contract', () => {
      assert.deepEqual(compileValidation(resource.contract)(record), null);
    });

    it('can be absent or null if the contract allows it', () => {
      const bare = least(resource.contract);
      assert.deepEqual(compileValidation(resource.contract)(bare), null);
      const [main] = resource.tables;
      const made = resource.transform(bare, CONTEXT)[main.name] ?? [];
      assert.equal(made.length, 1);
      for (const [column, { nullable }] of Object.entries(main.columns)) {
        assert.notEqual(made[0]?.[column], undefined, column);
        if (nullable === false) assert.notEqual(made[0]?.[column], null, column);
      }
    });

    for (const { pointer, path, leaf } of places) {
      const reason = resource.omitted[pointer];
      it(`${pointer} ${reason === undefined ? 'reaches a table' : `is omitted: ${reason}`}`, () => {
        const reaches = values(leaf).some(
          (value) => !isDeepStrictEqual(resource.transform(withValue(record, path, value), CONTEXT), rows),
        );
        assert.equal(reaches, reason === undefined);
      });
    }

    it('are in the contract if they are declared as omitted', () => {
      const known = new Set(places.map(({ pointer }) => pointer));
      assert.deepEqual(
        Object.keys(resource.omitted).filter((pointer) => !known.has(pointer)),
        [],
      );
    });
  });
}
