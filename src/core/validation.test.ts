import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { compileValidation } from './validation.ts';
import {
  array,
  bigint,
  bool,
  calendarDate,
  integer,
  nullable,
  number,
  object,
  objectId,
  oneOf,
  text,
  timestamp,
} from './contract.ts';

const ID = '5eb87cd9ffd86e000604b32a';

describe('a compiled validation', () => {
  it('returns null for a value that satisfies its contract, even with unknown fields', () => {
    const check = compileValidation(object({ id: objectId(), at: nullable(timestamp()) }));
    assert.equal(check({ id: ID, at: '2006-03-24T22:30:00.000Z' }), null);
    assert.equal(check({ id: ID, at: null, more: { than: 'asked' } }), null);
  });

  it('reports every fault with its path, code, message and value', () => {
    const check = compileValidation(
      object({
        id: objectId(),
        name: text(),
        links: object({ 'a/b~c': nullable(text()) }),
        cores: array(object({ flight: nullable(integer()) })),
        on: calendarDate(),
        at: timestamp(),
        precision: oneOf(['day', 'hour']),
      }),
    );
    const faults = check({
      id: 'x',
      links: {},
      cores: [{ flight: 1 }, { flight: 1.5 }, { flight: 2 ** 31 }],
      on: '2006-02-30',
      at: null,
      precision: 'week',
    });
    const sorted = faults?.sort((a, b) => (a.path < b.path ? -1 : 1));
    assert.deepEqual(sorted, [
      { path: '/at', code: 'type', message: 'must be string, found null', value: null },
      { path: '/cores/1/flight', code: 'type', message: 'must be integer or null, found 1.5', value: 1.5 },
      {
        path: '/cores/2/flight',
        code: 'maximum',
        message: 'must be <= 2147483647, found 2147483648',
        value: 2147483648,
      },
      { path: '/id', code: 'pattern', message: 'must match ^[0-9a-f]{24}$, found "x"', value: 'x' },
      { path: '/links/a~1b~0c', code: 'required', message: 'is missing', value: null },
      { path: '/name', code: 'required', message: 'is missing', value: null },
      {
        path: '/on',
        code: 'format',
        message: 'must be a date like 2006-03-24 (years 0001 to 9999), found "2006-02-30"',
        value: '2006-02-30',
      },
      {
        path: '/precision',
        code: 'enum',
        message: 'must be one of ["day","hour"], found "week"',
        value: 'week',
      },
    ]);
  });

  it('reports one fault for an invalid value of a nullable schema', () => {
    for (const schema of [nullable(text()), nullable(object({})), nullable(bool())]) {
      assert.equal(compileValidation(schema)(null), null);
      assert.equal(compileValidation(schema)(7)?.length, 1);
    }
  });

  it('accepts only null and the choices for a nullable choice', () => {
    const check = compileValidation(nullable(oneOf(['a', 'b'])));
    assert.deepEqual([check('a'), check('b'), check(null)], [null, null, null]);
    assert.equal(check('c')?.[0]?.message, 'must be one of ["a","b",null], found "c"');
  });

  it('rejects values that a column cannot store', () => {
    const refused: [ReturnType<typeof compileValidation>, readonly unknown[]][] = [
      [compileValidation(text()), ['\0', '\uD800', 1, null, {}]],
      [compileValidation(integer()), [2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN, '1', true]],
      [compileValidation(bigint()), [2 ** 53, -(2 ** 53), 1e300, Number.POSITIVE_INFINITY]],
      [compileValidation(number()), [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, '1']],
      [compileValidation(bool()), [0, 1, 'true', null]],
    ];
    for (const [check, values] of refused) {
      for (const value of values) assert.equal(check(value)?.length, 1, String(value));
    }
  });

  it('reports values that are not records', () => {
    const check = compileValidation(object({ id: text() }));
    for (const value of [null, 1, 'x', [], true]) {
      assert.partialDeepStrictEqual(check(value), [{ path: '', code: 'type', value }]);
    }
  });

  it('keeps and shows only the start of a huge value, and keeps infinity as text', () => {
    const [fault] = compileValidation(integer())('x'.repeat(5000)) ?? [];
    assert.equal(String(fault?.value).length, 1001);
    assert.ok((fault?.message.length ?? 0) < 150);
    assert.equal(compileValidation(number())(Number.POSITIVE_INFINITY)?.[0]?.value, 'Infinity');
  });

  it('reports a value that is nested too deeply for JSON.stringify', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    const [fault] = compileValidation(object({ name: text() }))({ name: deep }) ?? [];
    assert.equal(fault?.path, '/name');
    assert.match(fault.message, /^must be string, found a value that is nested too deeply/);
    assert.match(JSON.stringify(fault), /nested too deeply/);
  });

  it('ignores fields that every object inherits', () => {
    const check = compileValidation(object({ constructor: text(), toString: text() }));
    assert.deepEqual(
      check({})?.map(({ path }) => path),
      ['/constructor', '/toString'],
    );
    assert.deepEqual(check(JSON.parse('{"__proto__": {"constructor": "x", "toString": "y"}}'))?.length, 2);
  });
});
