import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { readJsonPage } from './json-page.ts';
import { JsonSyntaxError } from './json-records.ts';

const read = (text: string): ReturnType<typeof readJsonPage> =>
  readJsonPage(Buffer.from(text), { member: 'results', maxRecordBytes: 1000 });

const PAGE =
  '\ufeff {"count": 2, "next": null, "meta": {"results": [9]}, "results" : [ {"id": "ö", "results": []} ,{"id":"b"}], "x": "}]"}\n';

describe('readJsonPage', () => {
  it('returns the envelope, and each record with its position in the page', () => {
    const { envelope, records } = read(PAGE);
    assert.deepEqual(envelope, { count: 2, next: null, meta: { results: [9] }, results: [], x: '}]' });
    for (const { bytes, offset } of records)
      assert.deepEqual(Buffer.from(PAGE).subarray(offset, offset + bytes.length), bytes);
    assert.deepEqual(
      records.map(({ index, parsed }) => [index, parsed.ok && parsed.record]),
      [
        [0, { id: 'ö', results: [] }],
        [1, { id: 'b' }],
      ],
    );
  });

  it('returns a malformed record without an error', () => {
    const [record, other] = read('{"results":[{"a":tru},{"b":1}]}').records;
    assert.deepEqual([record?.parsed.ok, other?.parsed.ok], [false, true]);
  });

  for (const [text, reason, truncated] of [
    ['', /an object's '\{', found the end at byte 0/, true],
    ['[]', /an object's '\{', found "\[\]" at byte 0/, false],
    ['{"count":1}', /the member "results", found "\}" at byte 10/, false],
    ['{"results":null}', /the array of "results", found "null\}" at byte 11/, false],
    ['{"results":[{"a":1},', /the rest of the page, found the end at byte 20/, true],
    ['{"results":[{"a":1} 5]}', /found '5\]' at byte 20/, false],
    ['{"count":,"results":[]}', /found invalid JSON/, false],
    ['{"results":[]', /found invalid JSON/, false],
    ['{"count":1', /the member "results", found the end at byte 10/, true],
  ] as const) {
    it(`rejects ${text === '' ? 'empty input' : text}`, () => {
      assert.throws(
        () => read(text),
        (error: unknown) => {
          assert.ok(error instanceof JsonSyntaxError);
          assert.match(error.message, reason);
          assert.equal(error.truncated, truncated);
          return true;
        },
      );
    });
  }

  it('rejects a page that is cut off at any position', () => {
    for (let end = 0; end < Buffer.from(PAGE).length - 2; end += 1)
      assert.throws(() =>
        readJsonPage(Buffer.from(PAGE).subarray(0, end), { member: 'results', maxRecordBytes: 1000 }),
      );
  });
});
