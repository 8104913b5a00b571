import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { locate } from './json-locate.ts';

/** Every pointer into a value, with the value that it points to. */
function pointers(value: unknown, prefix = ''): (readonly [string, unknown])[] {
  const members =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, one]) =>
          pointers(one, `${prefix}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
        )
      : [];
  return [[prefix, value], ...members];
}

// Excludes names with a backslash, because V8's JSON.parse confuses them: in '[{"a":1,"\\"":1},{"a":1,"\\\\":2}]', it
// reads both names as the second name.
const anyName = fc
  .oneof(fc.string(), fc.constantFrom('__proto__', 'a/b', '~', '0', '"'))
  .filter((name) => !name.includes('\\'));
const anyJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, true, -1.5e30, '}]{[,"\\')),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyName, tie('value'), { maxKeys: 3 }),
  ),
})).value;

describe('locate', () => {
  it('finds the same value as JSON.parse for every pointer, regardless of the layout of the text', () => {
    fc.assert(
      fc.property(anyJson, fc.constantFrom('', 2, '\t'), (value, indent) => {
        const text = ` ${JSON.stringify(value, null, indent)}\r\n`;
        for (const [pointer, expected] of pointers(value)) {
          const place = locate(text, pointer);
          assert.ok(place, pointer);
          assert.deepEqual(
            JSON.parse(text.slice(place.start, place.end)),
            JSON.parse(JSON.stringify(expected)),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('returns null if there is no value, and the last of several values with the same name', () => {
    for (const pointer of ['/b', '/a/0', '/c/2', '/c/x'])
      assert.equal(locate('{"a":1,"c":[1,2]}', pointer), null);
    assert.deepEqual(locate('{"a":1, "a" : 22}', '/a'), { start: 14, end: 16 });
  });
});
