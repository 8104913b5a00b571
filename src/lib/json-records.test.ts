import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { createRecordSplitter, JsonSyntaxError, type SplitterOptions } from './json-records.ts';
import { parseRecord } from './parse-record.ts';

type Outcome = { readonly records: readonly string[]; readonly error: JsonSyntaxError | null };

/** `sizes` are the chunk lengths, which are used in rotation. A 0 creates an empty chunk. */
function split(
  text: string | Buffer,
  sizes: readonly number[],
  options: Partial<SplitterOptions> = {},
): Outcome {
  const bytes = Buffer.from(text);
  const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes: 1 << 21, ...options });
  const records: string[] = [];
  function take(slices: ReturnType<typeof splitter.push>): void {
    for (const slice of slices) {
      assert.equal(slice.index, records.length);
      assert.deepEqual(bytes.subarray(slice.offset, slice.offset + slice.bytes.length), slice.bytes);
      records.push(slice.bytes.toString());
      // Comparing thousands of levels would overflow the stack.
      if (slice.bytes.length < 10_000) assert.deepEqual(slice.parsed, parseRecord(slice.bytes));
    }
  }
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length] ?? bytes.length;
      take(splitter.push(new Uint8Array(bytes.subarray(at, at + size))));
      at += size;
    }
    take(splitter.end());
    return { records, error: null };
  } catch (error) {
    assert.ok(error instanceof JsonSyntaxError);
    assert.throws(() => splitter.end(), error);
    assert.throws(() => splitter.push(Buffer.from('[]')), error);
    return { records, error };
  }
}

function parsed({ records, error }: Outcome): unknown[] {
  assert.equal(error, null);
  return records.map((record): unknown => JSON.parse(record));
}

const anySizes = fc
  .array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 5 })
  .filter((sizes) => sizes.some((size) => size > 0));
const anyArray = fc.array(fc.jsonValue(), { maxLength: 8 });
const whitespace = fc.constantFrom('', ' ', '\n', '\r\n', '\t', ' \r\n\t ');

describe('a record splitter', () => {
  it('splits any array, however it is chunked, into the values that JSON.parse returns', () => {
    fc.assert(
      fc.property(anyArray, anySizes, (values, sizes) => {
        const text = JSON.stringify(values);
        assert.deepEqual(parsed(split(text, sizes)), JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it('accepts any indentation, any line endings, a byte order mark and whitespace around the text', () => {
    const layout = fc.tuple(
      fc.constantFrom('', '\uFEFF'),
      whitespace,
      whitespace,
      fc.constantFrom(0, 1, 2, '\t'),
    );
    fc.assert(
      fc.property(
        anyArray,
        anySizes,
        layout,
        fc.boolean(),
        (values, sizes, [mark, before, after, indent], crlf) => {
          const pretty = JSON.stringify(values, null, indent);
          const text = mark + before + (crlf ? pretty.replaceAll('\n', '\r\n') : pretty) + after;
          const outcome = split(text, sizes);
          assert.deepEqual(parsed(outcome), JSON.parse(pretty));
          for (const record of outcome.records) assert.equal(record, record.trim());
        },
      ),
      { numRuns: 300 },
    );
  });

  it('accepts whitespace between any two tokens', () => {
    fc.assert(
      fc.property(
        fc.array(whitespace, { minLength: 6, maxLength: 6 }),
        anySizes,
        ([a, b, c, d, e, f], sizes) => {
          const outcome = split(`${a}[${b}1${c},${d}"x"${e}]${f}`, sizes);
          assert.deepEqual(outcome, { records: ['1', '"x"'], error: null });
        },
      ),
    );
  });

  it('never accepts damaged text as complete, and returns the same records and offset for any chunks', () => {
    const damage = fc.record({
      at: fc.nat(),
      drop: fc.integer({ min: 0, max: 2 }),
      put: fc.constantFrom(
        '',
        '[',
        ']',
        '{',
        '}',
        '"',
        '\\',
        ',',
        ':',
        ' ',
        '1',
        'x',
        '<',
        '\0',
        '\uFEFF',
        'é',
      ),
    });
    fc.assert(
      fc.property(anyArray, damage, anySizes, (values, { at, drop, put }, sizes) => {
        const whole = JSON.stringify(values);
        const place = at % (whole.length + 1);
        const text = whole.slice(0, place) + put + whole.slice(place + drop);
        const outcome = split(text, sizes);
        const inOne = split(text, [text.length * 3]);
        assert.deepEqual(outcome.records, inOne.records);
        assert.equal(outcome.error?.offset, inOne.error?.offset);
        const own = outcome.error === null && outcome.records.every((record) => parse(record) !== undefined);
        const theirs = parse(text.replace(/^\uFEFF/, ''));
        assert.equal(own, Array.isArray(theirs));
        if (own) assert.deepEqual(parsed(outcome), theirs);
      }),
      { numRuns: 800 },
    );
  });

  it('reports text as truncated, regardless of where it is cut off', () => {
    const text = Buffer.from('\uFEFF [ {"é\\"]": [1, {}]} ,\r\n"a\\\\", -1.5e+3 ,null,[[]], true]\n');
    for (const sizes of [[text.length], [1], [2], [3]]) assert.equal(parsed(split(text, sizes)).length, 6);
    for (let cut = 0; cut < text.length - 1; cut++) {
      for (const sizes of [[1], [7], [cut]]) {
        const { records, error } = split(text.subarray(0, cut), sizes);
        assert.ok(error?.truncated, `cut at ${cut}`);
        assert.equal(error.offset, cut);
        const count = `${records.length} whole ${records.length === 1 ? 'record' : 'records'}`;
        if (cut > 4) assert.ok(error.message.endsWith(`: truncated after ${count}`), error.message);
      }
    }
  });

  it('returns malformed records without an error', () => {
    const { records, error } = split('[{"a":tru}, NaN, {"a":1], "\n", undefined, {"a" 1}, +1, .5]', [5]);
    assert.equal(error, null);
    assert.deepEqual(records, ['{"a":tru}', 'NaN', '{"a":1]', '"\n"', 'undefined', '{"a" 1}', '+1', '.5']);
  });

  it('preserves keys named __proto__', () => {
    assert.deepEqual(split('[{"__proto__":1}]', [3]).records, ['{"__proto__":1}']);
  });

  it('accepts a 1 MB string and a record nested 5000 levels deep, in one chunk or many', () => {
    const long = JSON.stringify('x"\\é'.repeat(200_000));
    const deep = '[{"a":'.repeat(2500) + '1' + '}]'.repeat(2500);
    const text = `[${long},${deep}]`;
    for (const sizes of [[1 << 24], [65_536], [61]]) {
      assert.deepEqual(split(text, sizes).records, [long, deep]);
    }
  });

  it('returns a view of a chunk if possible, and a copy otherwise', () => {
    const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes: 100 });
    const chunk = Buffer.from('[{"a":1},{"b"');
    const [view] = splitter.push(chunk);
    assert.equal(view?.bytes.buffer, chunk.buffer);
    assert.deepEqual(splitter.push(Buffer.from(':2}]')), [
      { bytes: Buffer.from('{"b":2}'), offset: 9, index: 1, parsed: { ok: true, record: { b: 2 } } },
    ]);
  });

  it('returns the records before the fault, then throws', () => {
    const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes: 100 });
    assert.equal(splitter.push(Buffer.from('[1,2,,3]')).length, 2);
    assert.throws(() => splitter.push(Buffer.from('[4]')), JsonSyntaxError);
    assert.throws(() => splitter.end(), JsonSyntaxError);
  });

  it('returns a single record if the text is an object', () => {
    const text = '\uFEFF\r\n{"a":[{"b":"}"}]}\n';
    for (const sizes of [[100], [1], [4]]) {
      assert.deepEqual(split(text, sizes, { shape: 'object' }), { records: [text.trim()], error: null });
    }
  });
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('the message for invalid text', () => {
  const cases: readonly (readonly [text: string | Buffer, shape: 'array' | 'object', message: string])[] = [
    ['', 'array', "expected an array's '[', found the end at byte 0"],
    ['', 'object', "expected an object's '{', found the end at byte 0"],
    [' \n', 'array', "expected an array's '[', found the end at byte 2"],
    ['\uFEFF', 'array', "expected an array's '[', found the end at byte 3"],
    ['<html><body>', 'array', "expected an array's '[', found '<html><body>' at byte 0"],
    ['{"docs":[]}', 'array', `expected an array's '[', found '{"docs":[]}' at byte 0`],
    ['\uFEFF [1]', 'object', "expected an object's '{', found '[1]' at byte 4"],
    ['null', 'object', "expected an object's '{', found 'null' at byte 0"],
    [Buffer.from('[]', 'utf16le'), 'array', "expected a record or ']', found '\\x00]\\x00' at byte 1"],
    [
      Buffer.from('\uFEFF[]', 'utf16le'),
      'array',
      "expected an array's '[', found '\\xff\\xfe[\\x00]\\x00' at byte 0",
    ],
    [Buffer.from([0xef, 0x5b]), 'array', "expected the rest of a byte order mark, found '[' at byte 1"],
    [Buffer.from([0xef, 0xbb]), 'array', 'expected the rest of a byte order mark, found the end at byte 2'],
    [Buffer.from([0x20, 0xbb]), 'array', "expected an array's '[', found '\\xbb' at byte 1"],
    ['\uFEFF\uFEFF[]', 'array', "expected an array's '[', found '\\xef\\xbb\\xbf[]' at byte 3"],
    ['[1 2]', 'array', "expected ',' or ']', found '2]' at byte 3"],
    ['[{}{}]', 'array', "expected ',' or ']', found '{}]' at byte 3"],
    ['[{"a":1}},2]', 'array', "expected ',' or ']', found '},2]' at byte 8"],
    ['[tru"x"]', 'array', `expected ',' or ']', found '"x"]' at byte 4`],
    ['[1,]', 'array', "expected a record, found ']' at byte 3"],
    ['[1,,2]', 'array', "expected a record, found ',2]' at byte 3"],
    ['[,]', 'array', "expected a record or ']', found ',]' at byte 1"],
    ['[}', 'array', "expected a record or ']', found '}' at byte 1"],
    ['[] []', 'array', "expected nothing more, found '[]' at byte 3"],
    ['[1]\0', 'array', "expected nothing more, found '\\x00' at byte 3"],
    ['{},', 'object', "expected nothing more, found ',' at byte 2"],
    ['[', 'array', "expected a record or ']', found the end at byte 1: truncated after 0 whole records"],
    [
      '[1,2',
      'array',
      'expected the rest of a record, found the end at byte 4: truncated after 1 whole record',
    ],
    ['[{"a":[1}]', 'array', "expected ',' or ']', found the end at byte 10: truncated after 1 whole record"],
    [
      '{"a',
      'object',
      'expected the rest of a record, found the end at byte 3: truncated after 0 whole records',
    ],
    [`[${'é'.repeat(40)}`, 'array', `expected a record or ']', found '${'\\xc3\\xa9'.repeat(12)}' at byte 1`],
  ];
  for (const [text, shape, message] of cases) {
    it(`${JSON.stringify(text.toString('latin1'))}: ${message}`, () => {
      const { error } = split(text, [1 << 20], { shape });
      assert.equal(error?.message, message);
      assert.equal(error.offset, Number(/at byte (\d+)/.exec(message)?.[1]));
      assert.equal(error.truncated, message.includes('found the end'));
    });
  }
});

describe('the record size limit', () => {
  it('is exact, regardless of the chunk size', () => {
    const records = ['"1234"', '[1,23]', '123456'];
    for (const record of records) {
      for (const sizes of [[1], [2], [100]]) {
        const text = `[ ${record} ]`;
        assert.deepEqual(split(text, sizes, { maxRecordBytes: 6 }).records, [record]);
        const { error } = split(text, sizes, { maxRecordBytes: 5 });
        assert.equal(error?.message, 'expected a record of at most 5 bytes, found a longer one at byte 2');
        assert.equal(error.offset, 2);
      }
    }
  });

  it('rejects an endless record as soon as it exceeds the limit', () => {
    const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes: 1000 });
    splitter.push(Buffer.from('["'));
    splitter.push(Buffer.alloc(999, 'x'));
    assert.throws(() => splitter.push(Buffer.from('x')), JsonSyntaxError);
  });
});
