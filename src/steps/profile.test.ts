import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import * as fc from 'fast-check';

import { compileValidation } from '../core/validation.ts';
import { array, bool, integer, nullable, number, object, oneOf, optional, text } from '../core/contract.ts';
import { jsonType, type JsonType, type Profile, type ProfiledField } from '../core/profile.ts';
import { createProfiler } from './profile.ts';

const CONTRACT = object({
  id: text(),
  size: number(),
  count: optional(nullable(integer())),
  kind: nullable(oneOf(['a', 'b'])),
  parts: array(object({ flag: optional(bool()), name: nullable(text()) })),
  notes: nullable(object({ list: array(nullable(number())) })),
  place: optional(object({ site: optional(text()), size: object({ m: optional(nullable(number())) }) })),
  either: optional({ type: ['string', 'integer'] }),
  names: { type: 'object', additionalProperties: { type: 'string' } },
});
const ANY = ['null', 'true', '1', '-1.5', '1e400', '"a"', '"c"', '[]', '{}', '[[1]]'];
const VALID: Readonly<Record<string, readonly string[]>> = {
  id: ['"x"', '"y"'],
  size: ['1', '2.5'],
  count: ['3', 'null'],
  kind: ['"a"', '"b"', 'null'],
  parts: ['[]', '[{"name":null}]', '[{"flag":true,"name":"n"},{"name":"m","__proto__":{"a":1}}]'],
  notes: ['null', '{"list":[]}', '{"list":[1,2.5,null],"more":[{"a":1},{"a":2}]}'],
  place: ['{"size":{}}', '{"site":"s","size":{"m":1}}', '{"size":{"m":null,"ft":3},"new":1}'],
  either: ['"x"', '1'],
  names: ['{}', '{"one":"1","two":"2"}'],
};
/** The types in the contract, by pointer. For the pointers in OPEN, the contract leaves the content open. */
const KNOWN: Readonly<Record<string, readonly JsonType[]>> = {
  '': ['object'],
  '/id': ['string'],
  '/size': ['number'],
  '/count': ['integer', 'null'],
  '/kind': ['string', 'null'],
  '/parts': ['array'],
  '/parts/*': ['object'],
  '/parts/*/flag': ['boolean'],
  '/parts/*/name': ['string', 'null'],
  '/notes': ['object', 'null'],
  '/notes/list': ['array'],
  '/notes/list/*': ['number', 'null'],
  '/place': ['object'],
  '/place/site': ['string'],
  '/place/size': ['object'],
  '/place/size/m': ['number', 'null'],
  '/either': ['string', 'integer'],
  '/names': ['object'],
};
const OPEN = new Set(['/either', '/names']);
const NAMES = ['__proto__', 'constructor', 'a/b', '~', 'new', 'id'];

/** Objects as JSON text, so that names can be arbitrary and can occur twice. */
const anything = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...ANY),
    tie('object'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
  ),
  object: fc
    .array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { maxLength: 3 })
    .map((entries) => objectText(entries)),
}));
const record = fc
  .tuple(
    fc.record(
      Object.fromEntries(Object.entries(VALID).map(([name, texts]) => [name, fc.constantFrom(...texts)])),
    ),
    fc.option(fc.tuple(fc.constantFrom(...Object.keys(VALID), 'new', '__proto__'), anything.value)),
    fc.option(fc.constantFrom('count', 'either', 'kind')),
  )
  .map(([valid, change, left]) => {
    const entries = Object.entries(valid).filter(([name]) => name !== left);
    return objectText(change === null ? entries : [...entries, change]);
  });

function objectText(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

const check = compileValidation(CONTRACT);

function profile(texts: readonly string[], contract = CONTRACT): Profile {
  const profiler = createProfiler(contract);
  for (const one of texts) profiler.add(JSON.parse(one));
  return profiler.end('things');
}

function fieldAt({ fields }: Profile, path: string): ProfiledField {
  return fields.find((field) => field.path === path) ?? assert.fail(path);
}

/** Yields every value with its pointer. */
function* valuesOf(value: unknown, path = ''): Generator<readonly [path: string, value: unknown]> {
  yield [path, value];
  if (OPEN.has(path) || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) for (const item of value) yield* valuesOf(item, `${path}/*`);
  else
    for (const [name, item] of Object.entries(value))
      yield* valuesOf(item, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

void describe('a profile', () => {
  void it('has the same counts as a simple implementation, for any records', () => {
    let valid = 0;
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (texts) => {
        const values = texts.map((one): unknown => JSON.parse(one));
        valid += values.filter((one) => check(one) === null).length;
        const { fields, records, untold } = profile(texts);
        assert.deepEqual([records, untold], [texts.length, 0]);

        const types = new Map<string, Map<string, number>>(
          Object.keys(KNOWN).map((path) => [path, new Map()]),
        );
        const having = new Map<string, Set<unknown>>();
        const choices = new Map<unknown, number>();
        for (const one of values) {
          for (const [path, value] of valuesOf(one)) {
            const found = jsonType(value);
            const type = KNOWN[path]?.includes('number') && found === 'integer' ? 'number' : found;
            const counts = types.get(path) ?? new Map<string, number>();
            types.set(path, counts.set(type, (counts.get(type) ?? 0) + 1));
            having.set(path, (having.get(path) ?? new Set()).add(one));
            if (path === '/kind' && typeof value === 'string' && !['a', 'b'].includes(value))
              choices.set(value, (choices.get(value) ?? 0) + 1);
          }
        }
        const expected = [...types].map(([path, counts]): ProfiledField => {
          const parent = types.get(path.slice(0, path.lastIndexOf('/')))?.get('object') ?? 0;
          const seen = [...counts.values()].reduce((sum, count) => sum + count, 0);
          return {
            path,
            contract: KNOWN[path] ?? null,
            types: Object.fromEntries(counts),
            absent: path === '' || path.endsWith('/*') ? 0 : parent - seen,
            records: KNOWN[path] === undefined ? (having.get(path)?.size ?? 0) : null,
            values:
              path === '/kind' ? [...choices].map(([value, count]) => ({ value: String(value), count })) : [],
            other_values: 0,
          };
        });
        const sorted = (all: readonly ProfiledField[]) => all.toSorted((a, b) => (a.path < b.path ? -1 : 1));
        assert.deepEqual(sorted(fields), sorted(expected));
      }),
      { numRuns: 400 },
    );
    assert.ok(valid > 200, 'many of the records satisfy the contract');
  });

  void it('is valid JSON, regardless of the field names', () => {
    const made = profile(['{"__proto__":{"__proto__":1},"constructor":2}']);
    assert.deepEqual(JSON.parse(JSON.stringify(made)), made);
    assert.deepEqual(fieldAt(made, '/__proto__/__proto__').types, { integer: 1 });
  });

  void it('lists some of the unexpected values of a choice and only counts the rest', () => {
    const texts = Array.from({ length: 30 }, (_, index) => `{"kind":"${index}"}`);
    const { values, other_values } = fieldAt(profile([...texts, ...texts, '{"kind":"a"}']), '/kind');
    assert.equal(values.length, 20);
    assert.ok(values.every(({ value, count }, index) => value === String(index) && count === 2));
    assert.equal(other_values, 20);
    const long = fieldAt(profile([`{"kind":"${'x'.repeat(1000)}"}`]), '/kind');
    assert.deepEqual(long.values, [{ value: `${'x'.repeat(80)}…`, count: 1 }]);
  });
});

void describe('hostile records', () => {
  void it('add at most 256 fields, even with a million names', () => {
    const names = (from: number): string =>
      objectText(Array.from({ length: 10_000 }, (_, index) => [`n${from + index}`, '1'] as const));
    const profiler = createProfiler(CONTRACT);
    for (let from = 0; from < 1_000_000; from += 10_000) profiler.add(JSON.parse(names(from)));
    const { fields, untold } = profiler.end('things');
    assert.equal(fields.length, Object.keys(KNOWN).length + 256);
    assert.equal(untold, 1_000_000 - 256);
  });

  void it('do not stay in memory if their names and values are long', () => {
    setFlagsFromString('--expose-gc');
    const gc: () => void = runInNewContext('gc');
    // V8 keeps the shapes of dead objects, with their names, for two garbage collections.
    const collect = (): void => [1, 2, 3].forEach(() => gc());
    const profiler = createProfiler(CONTRACT);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < 100; index += 1) {
      const long = `${index}`.padEnd(500_000, 'x');
      profiler.add(JSON.parse(`{"${long}":1,"kind":"${long}"}`));
    }
    collect();
    assert.ok(process.memoryUsage().heapUsed - before < 10_000_000);
    const { fields } = profiler.end('things');
    assert.equal(fields.length, Object.keys(KNOWN).length + 100);
    assert.ok(fields.every(({ path }) => path.length <= 66));
  });

  void it('are followed only 16 levels deep', () => {
    const depth = 100_000;
    const made = profile([`{"deep":${'['.repeat(depth)}${']'.repeat(depth)}}`]);
    assert.deepEqual([made.fields.length, made.untold], [Object.keys(KNOWN).length + 16, 1]);
    assert.deepEqual(fieldAt(made, `/deep${'/*'.repeat(15)}`).types, { array: 1 });
  });
});
