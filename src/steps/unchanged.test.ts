import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import spacex from '../sources/spacex/source.ts';
import { derivationKey } from './unchanged.ts';

const { resources } = spacex;

const [one, other] = resources;
assert.ok(one && other);

const raw = (...hashes: string[]) => hashes.map((sha256) => ({ sha256 }));

describe('a derivation key', () => {
  it('differs if the code, the resource, the raw files or the looked-up values differ', () => {
    const lookups = (...found: [string, string | null][]) => new Map([['makers', new Map(found)]]);
    const keys = [
      derivationKey('code', one, raw('a'), new Map()),
      derivationKey('other code', one, raw('a'), new Map()),
      derivationKey('code', other, raw('a'), new Map()),
      derivationKey('code', one, raw('b'), new Map()),
      derivationKey('code', one, raw('a', 'b'), new Map()),
      derivationKey('code', one, raw('b', 'a'), new Map()),
      derivationKey('code', one, raw('a'), lookups()),
      derivationKey('code', one, raw('a'), lookups(['m', 'name'])),
      derivationKey('code', one, raw('a'), lookups(['m', 'other name'])),
      derivationKey('code', one, raw('a'), lookups(['m', null])),
      derivationKey('code', one, raw('a'), lookups(['m', 'null'])),
      derivationKey('code', one, raw('a'), lookups(['n', 'name'])),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });

  it('does not depend on the order of the looked-up values', () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.string(), fc.option(fc.string())), { selector: ([id]) => id });
    const shuffled = pairs.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    );
    const keyOf = (found: [string, string | null][]) =>
      derivationKey('code', one, raw('a'), new Map([['makers', new Map(found)]]));
    fc.assert(fc.property(shuffled, ([all, again]) => keyOf(all) === keyOf(again)));
  });
});
