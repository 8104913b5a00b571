import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { compileValidation } from './validation.ts';
import {
  array,
  between,
  bool,
  duration,
  nonBlankText,
  integer,
  lenient,
  lenientArray,
  nullable,
  number,
  object,
  oneOf,
  optional,
  text,
  timestamp,
  uuid,
} from './contract.ts';
import { satisfies, isLenient, replaceUnexpected } from './lenient.ts';

const CONTRACT = object({
  id: text(),
  net: lenient(timestamp()),
  place: lenient(nullable(object({ name: text(), lat: lenient(between(-90, 90)) }))),
  parts: lenientArray(object({ id: integer(), kind: lenient(text()), at: optional(integer()) })),
});
const FULL = {
  id: 'a',
  net: '2025-10-05T09:13:10Z',
  place: { name: 'Pad', lat: 45.9 },
  parts: [
    { id: 1, kind: 'x', at: 1 },
    { id: 2, kind: 'y' },
  ],
};

/** Every block accepts some of these values and rejects others. */
const ODD = [
  null, true, false, 0, 1, -1, 1.5, 91, -91, 2 ** 31, 2 ** 53, 1e300, Infinity, -Infinity,
  '', ' ', 'a', 'b', 'a\0', '\uD800', '2025-10-05T09:13:10Z', '2025-02-30T09:13:10Z', '2025-10-05',
  'e3df2ecd-c239-472f-95e4-2b89b4f75800', 'P', 'PT', 'P1D', 'PT1H', 'P1DT', 'P31DT33M11S', 'PT0.5S', 'P1Y', '-P1D',
  'P9999999D', [], {}, [1], ['a'], { id: 1 }, { id: '1' }, { id: 'a', at: null }, [{ id: 1 }], [null],
]; // prettier-ignore

void describe('a lenient contract', () => {
  const check = compileValidation(CONTRACT);

  void it('does not require its lenient parts', () => {
    assert.equal(check(FULL), null);
    assert.equal(check({ id: 'a' }), null);
    for (const value of ODD) assert.equal(check({ id: 'a', net: value, place: value, parts: value }), null);
    assert.deepEqual(
      check({ net: 1 })?.map(({ path }) => path),
      ['/id'],
    );
  });

  void it('keeps expected values as they are', () => {
    assert.deepEqual(replaceUnexpected(CONTRACT, FULL), {
      ...FULL,
      parts: [FULL.parts[0], { id: 2, kind: 'y', at: undefined }],
    });
  });

  void it('replaces only the unexpected parts of a value with null', () => {
    assert.deepEqual(replaceUnexpected(CONTRACT, { id: 'a' }), {
      id: 'a',
      net: null,
      place: null,
      parts: [],
    });
    const place = (value: unknown) => replaceUnexpected(CONTRACT, { ...FULL, place: value }).place;
    assert.deepEqual(place({ name: 'Pad', lat: 91 }), { name: 'Pad', lat: null });
    assert.deepEqual(place({ name: 'Pad' }), { name: 'Pad', lat: null });
    assert.equal(place({ name: 7, lat: 1 }), null);
    assert.equal(place({ lat: 1 }), null);
    assert.equal(place('Pad'), null);
  });

  void it('drops unusable items from a list', () => {
    const parts = (value: unknown) =>
      replaceUnexpected(CONTRACT, { ...FULL, parts: value }).parts.map(({ id, kind }) => [id, kind]);
    assert.deepEqual(parts([{ id: 1, kind: 1 }, { kind: 'x' }, null, 7, { id: 2.5 }, { id: 3, at: 'x' }]), [
      [1, null],
    ]);
    assert.deepEqual(parts({ 0: { id: 1 } }), []);
    assert.deepEqual(parts(null), []);
  });

  void it('is recognized by a lenient part at any depth', () => {
    assert.ok(isLenient(CONTRACT));
    assert.ok(isLenient(object({ a: array(object({ b: lenient(text()) })) })));
    assert.ok(!isLenient(object({ id: text(), list: array(object({ a: nullable(text()) })) })));
  });

  void it('expects the same values that a strict contract would require', () => {
    const schemas = [
      text(), nonBlankText(), uuid(), timestamp(), duration(), bool(), number(), between(-90, 90), integer(),
      oneOf(['a', 'b']), nullable(oneOf(['a', 'b'])), nullable(integer()), array(integer()), array(nullable(text())),
      object({ id: integer() }), nullable(object({ id: text(), at: optional(integer()) })),
      array(object({ id: integer(), more: lenient(text()) })),
    ]; // prettier-ignore
    for (const schema of schemas) {
      const verdict = compileValidation(schema);
      const compare = (value: unknown): void =>
        assert.equal(satisfies(schema, value), verdict(value) === null, JSON.stringify([schema, value]));
      ODD.forEach(compare);
      assert.ok(
        ODD.some((value) => satisfies(schema, value)) && ODD.some((value) => !satisfies(schema, value)),
      );
      fc.assert(fc.property(fc.jsonValue(), compare), { numRuns: 200 });
    }
  });
});
