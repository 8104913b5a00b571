import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { readIndex } from './index-rows.ts';

const ORIGINAL = 'https://api.example.com/v4/rockets';
const NAMES = ['urlkey', 'timestamp', 'original', 'mimetype', 'statuscode', 'digest', 'length'];
const ROW = row({});

void describe('readIndex', () => {
  void it('returns the usable captures, newest first', () => {
    const rows = [
      row({ timestamp: '20210101000000' }),
      row({ timestamp: '20260101000000', original: 'http://api.example.com:80/v4/rockets' }),
      row({ timestamp: '20230101000000' }),
    ];
    assert.deepEqual(
      read(rows).map(({ original, timestamp }) => [timestamp, original]),
      [
        ['20260101000000', 'http://api.example.com:80/v4/rockets'],
        ['20230101000000', ORIGINAL],
        ['20210101000000', ORIGINAL],
      ],
    );
  });

  for (const [what, cells] of [
    ['a captured error', { statuscode: '525' }],
    ['a revisit record', { statuscode: '-', mimetype: 'warc/revisit' }],
    ['an HTML page', { mimetype: 'text/html' }],
    ['a capture of a different path', { original: 'https://api.example.com/v3/rockets' }],
    ['a row with an invalid timestamp', { timestamp: '2026' }],
  ] as const) {
    void it(`skips ${what}`, () => {
      assert.deepEqual(read([row(cells)]), []);
    });
  }

  void it('finds columns by name', () => {
    const text = JSON.stringify([NAMES.toReversed(), ROW.toReversed()]);
    assert.equal(readIndex(text, ORIGINAL).length, 1);
  });

  for (const empty of ['[]', '', '\n', JSON.stringify([NAMES])]) {
    void it(`returns no captures for ${JSON.stringify(empty)}`, () => {
      assert.deepEqual(readIndex(empty, ORIGINAL), []);
    });
  }

  for (const text of ['<html>', '{}', '[{}]', '[[1]]', '[["timestamp"],["20260101000000"]]']) {
    void it(`rejects ${text}`, () => {
      assert.throws(() => readIndex(text, ORIGINAL));
    });
  }
});

function read(rows: readonly (readonly string[])[]) {
  return readIndex(JSON.stringify([NAMES, ...rows]), ORIGINAL);
}

function row(cells: Readonly<Record<string, string>>): readonly string[] {
  const all: Readonly<Record<string, string>> = {
    urlkey: 'com,example,api)/v4/rockets',
    timestamp: '20251128034223',
    original: ORIGINAL,
    mimetype: 'application/json',
    statuscode: '200',
    digest: 'ABC',
    length: '2000',
    ...cells,
  };
  return NAMES.map((name) => all[name] ?? '');
}
