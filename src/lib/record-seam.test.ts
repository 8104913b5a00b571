import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { createRecordSplitter, JsonSyntaxError, type RecordSlice } from './json-records.ts';
import { RecordSeam } from './record-seam.ts';

/** With chunks of one byte, the splitter cannot detect a seam, so it finds the end of each record byte by byte. */
function split(
  text: string,
  size: number,
): { readonly slices: RecordSlice[]; readonly brokenAt: number | null } {
  const bytes = Buffer.from(text);
  const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes: 1 << 20 });
  const slices: RecordSlice[] = [];
  try {
    for (let at = 0; at < bytes.length; at += size) {
      slices.push(...splitter.push(Buffer.from(bytes.subarray(at, at + size))));
    }
    splitter.end();
    return { slices, brokenAt: null };
  } catch (error) {
    assert.ok(error instanceof JsonSyntaxError);
    return { slices, brokenAt: error.offset };
  }
}

function seamOf(text: string): RecordSeam {
  const seam = new RecordSeam();
  const end = text.indexOf('}') + 1;
  seam.learn(Buffer.from(text), end, text.indexOf('{', end));
  return seam;
}

/** Objects nested in objects of the same kind, so that the bytes between two records also occur inside records. */
const { record } = fc.letrec<{ record: object; value: unknown }>((tie) => ({
  record: fc.oneof(
    fc.record({ a: tie('value') }),
    fc.record({ a: tie('value'), b: tie('value') }),
    fc.record({ b: tie('value'), a: tie('value') }),
    fc.constant({}),
  ),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(1, null, '},{"a"', '}', '{"a":', '"'),
    fc.array(tie('record'), { maxLength: 3 }),
    tie('record'),
  ),
}));

describe('records that are cut at their seam', () => {
  it('match the records found by a byte-by-byte scan, in complete and in damaged text', () => {
    const damage = fc.record({
      at: fc.nat(),
      drop: fc.integer({ min: 0, max: 3 }),
      put: fc.constantFrom('', '{', '}', '[', ']', '"', '\\', ',', '},{"a":', '\uFEFF', 'x'),
    });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 12 }),
        fc.constantFrom(0, 1),
        fc.option(damage),
        fc.integer({ min: 8, max: 200 }),
        (records, indent, damaged, size) => {
          const whole = JSON.stringify(records, null, indent);
          const place = (damaged?.at ?? 0) % (whole.length + 1);
          const text =
            damaged === null
              ? whole
              : whole.slice(0, place) + damaged.put + whole.slice(place + damaged.drop);
          const slowly = split(text, 1);
          assert.deepEqual(split(text, 1 << 20), slowly);
          assert.deepEqual(split(text, size), slowly);
          if (damaged === null) assert.deepEqual(slowly.slices.map(parsedRecord), JSON.parse(whole));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are predicted from the seam between the two previous records', () => {
    const text = '[{"a":1} ,\n{ "a":2} ,\n{ "a":{"b":3}} ,\n{ "a":4}]';
    const seam = seamOf(text);
    const start = text.indexOf('{ "a":{');
    assert.deepEqual(seam.cut(Buffer.from(text), start), {
      end: text.indexOf(' ,', start),
      parsed: { ok: true, record: { a: { b: 3 } } },
    });
    assert.equal(seam.cut(Buffer.from(text), text.indexOf('{ "a":4')), null);
  });

  it('are not cut if a record contains the seam itself', () => {
    const text = '{"a":1},{"a":[{"b":1},{"a":2}]},{"a":3}';
    assert.equal(seamOf(text).cut(Buffer.from(text), 8), null);
  });

  it('are no longer predicted after a hundred wrong cuts', () => {
    const text = '{"a":1},{"a":2},{"a":3}';
    const seam = seamOf(text);
    const wrong = Buffer.from('{"a":[{"a":1},{"a":2}]}');
    for (let miss = 0; miss < 100; miss++) assert.equal(seam.cut(wrong, 0), null);
    assert.equal(seam.cut(Buffer.from(text), 0)?.end, 7);
    assert.equal(seam.cut(wrong, 0), null);
    assert.equal(seam.cut(Buffer.from(text), 0), null);
    seam.learn(Buffer.from(text), 7, 8);
    assert.equal(seam.cut(Buffer.from(text), 0), null);
  });
});

function parsedRecord({ parsed }: RecordSlice): unknown {
  assert.ok(parsed.ok);
  return parsed.record;
}
