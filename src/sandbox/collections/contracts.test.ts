import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { compileValidation } from '../../core/validation.ts';
import spacex from '../../sources/spacex/source.ts';
import { badKindsOf, spoil } from '../bad-records.ts';
import type { Collection } from '../collection.ts';
import { createUniverse, REVISIONS, type Universe } from '../universe/universe.ts';
import { createCollections } from './index.ts';
import { createLaunches } from './launches.ts';
import { createSamples } from './samples.ts';

const { resources } = spacex;

const SHARED_DATA = process.env['SHARED_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');
const RECORDED = join(SHARED_DATA, 'spacex-api/v4');

const universe = createUniverse(1, 300);
const collections = createCollections(universe);

for (const { name, path, contract } of resources) {
  describe(`simulated ${name}`, () => {
    const check = compileValidation(contract);
    const last = path.split('/').at(-1) ?? '';
    const served = (of: Universe): Collection =>
      (path.startsWith('/v5/') ? createLaunches(of, 'v5') : createCollections(of).get(last)) ??
      createSamples().get(last) ??
      assert.fail(`no ${name}`);

    it('satisfy their contract in every state and size', () => {
      for (const launches of [1, 2, 5, 40, 2000]) {
        for (let revision = 1; revision <= REVISIONS; revision += 1) {
          const records = recordsOf(served(createUniverse(launches, launches, revision)));
          assert.deepEqual(
            records.flatMap((record) => check(record) ?? []),
            [],
          );
        }
      }
    });

    for (const kind of badKindsOf(name)) {
      it(`break their contract as ${kind}`, () => {
        const collection = served(universe);
        const element = spoil(kind, name, collection.json(1), collection.id(0), JSON.stringify);
        if (kind === 'malformed') {
          assert.throws(() => JSON.parse(String(element)), SyntaxError);
        } else if (kind === 'invalid-utf8') {
          const decoder = new TextDecoder('utf-8', { fatal: true });
          assert.throws(() => decoder.decode(Buffer.from(element)), TypeError);
        } else if (kind === 'duplicate-id') {
          assert.equal(JSON.parse(String(element)).id, collection.id(0));
        } else {
          assert.notEqual(check(JSON.parse(String(element))), null);
        }
      });
    }
  });
}

for (const [name, collection] of collections) {
  describe(`simulated ${name}`, { skip: existsSync(RECORDED) ? false : `no ${RECORDED}` }, () => {
    const file = join(RECORDED, `${name === 'starlink' ? 'starlink_sample' : name}.json`);
    const read = (): object[] => [JSON.parse(readFileSync(file, 'utf8'))].flat();
    const own = recordsOf(collection);

    it('have the same keys as recorded records, in the same order, and no additional types', () => {
      const real = shapeOf(read());
      for (const [path, types] of shapeOf(own)) {
        if (BEYOND.has(name + path)) continue;
        const admitted = real.get(path) ?? assert.fail(`${name} has no ${path}`);
        const other = [...types].filter(
          (type) => !admitted.has(type) && !(type === 'null' && hasDefaults(name)),
        );
        assert.deepEqual(other, [], path);
      }
    });
  });
}

/** Types and fields in the real API's model that its recorded responses do not contain. */
const BEYOND = new Set(['capsules', 'capsules.dragon', 'starlink.spaceTrack.DECAY_DATE']);

/**
 * Whether the fields in the API's model have defaults. Without defaults, unknown fields are omitted, and only fields
 * that are null in the recordings can be null.
 */
function hasDefaults(name: string): boolean {
  return !['rockets', 'dragons', 'roadster', 'company'].includes(name);
}

function recordsOf({ count, json }: Collection): object[] {
  return Array.from({ length: Math.min(count, 2500) }, (_, index) => JSON.parse(json(index)));
}

/** The types of values by path; the type of an object is its keys. */
function shapeOf(records: readonly object[]): ReadonlyMap<string, Set<string>> {
  const shape = new Map<string, Set<string>>();
  const visit = (value: unknown, path: string): void => {
    shape.set(path, (shape.get(path) ?? new Set()).add(typeOf(value)));
    if (Array.isArray(value)) for (const one of value) visit(one, `${path}[]`);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) visit(one, `${path}.${key}`);
    }
  };
  for (const record of records) visit(record, '');
  return shape;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'object' ? Object.keys(value).join() : typeof value;
}
