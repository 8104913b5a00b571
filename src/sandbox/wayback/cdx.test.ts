import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { startWayback, type Wayback } from './server.ts';

const URL = 'https://api.spacexdata.com/v4/rockets';
const CAPTURES = { rockets: ['20251128034223', '20210301120000', '20260701000000', '20230228000001'] };

describe('the index of captures', () => {
  let wayback: Wayback;
  before(async () => {
    const behaviors = {
      'captures/rockets/20260701000000': 'replayed=525',
      'captures/rockets/20230228000001': 'error-page',
    };
    wayback = await startWayback({ launches: 20, captures: CAPTURES, behaviors });
  });
  after(() => wayback.close());

  const ask = async (query: string, url = URL): Promise<Response> =>
    fetch(`${wayback.url}/cdx/search/cdx?url=${encodeURIComponent(url)}${query}`);
  const rows = async (query: string, url?: string): Promise<readonly (readonly string[])[]> => {
    const response = await ask(`&output=json${query}`, url);
    assert.equal(response.headers.get('content-type'), 'application/json');
    const all: readonly (readonly string[])[] = JSON.parse(await response.text());
    return all;
  };
  const timestamps = async (query: string): Promise<readonly (string | undefined)[]> =>
    (await rows(query)).slice(1).map(([, timestamp]) => timestamp);

  test('has a header row, and a row for each capture, oldest first', async () => {
    const [header, first, ...others] = await rows('');
    assert.deepEqual(header, [
      'urlkey',
      'timestamp',
      'original',
      'mimetype',
      'statuscode',
      'digest',
      'length',
    ]);
    const capture = await fetch(`${wayback.url}/web/20210301120000id_/${URL}`);
    const sha1 = createHash('sha1').update(Buffer.from(await capture.arrayBuffer()));
    assert.deepEqual(first?.slice(0, 5), [
      'com,spacexdata,api)/v4/rockets',
      '20210301120000',
      URL,
      'application/json',
      '200',
    ]);
    assert.equal(decode(first[5] ?? ''), sha1.digest('hex'));
    assert.match(first[6] ?? '', /^\d+$/);
    assert.deepEqual(
      others.map((row) => [row[1], row[3], row[4]]),
      [
        ['20230228000001', 'text/html', '200'],
        ['20251128034223', 'application/json', '200'],
        ['20260701000000', 'text/html', '525'],
      ],
    );
  });

  test('filters by field, from and to, and limits the number of rows', async () => {
    const [first, page, json, error] = [...CAPTURES.rockets].sort();
    assert.deepEqual(await timestamps('&filter=statuscode:200'), [first, page, json]);
    assert.deepEqual(await timestamps('&filter=!statuscode:200'), [error]);
    assert.deepEqual(await timestamps('&filter=statuscode:20'), [], 'the complete value');
    assert.deepEqual(await timestamps('&filter=statuscode:200&filter=mimetype:.*json'), [first, json]);
    assert.deepEqual(await timestamps('&to=20260606'), [first, page, json]);
    assert.deepEqual(await timestamps('&to=20251128'), [first, page, json], 'to the end of the day');
    assert.deepEqual(await timestamps('&from=2023&to=2025'), [page, json]);
    assert.deepEqual(await timestamps('&limit=1'), [first]);
    assert.deepEqual(await timestamps('&limit=-1'), [error]);
    assert.deepEqual(await rows('&limit=1&fl=timestamp,statuscode'), [
      ['timestamp', 'statuscode'],
      [first ?? '', '200'],
    ]);
  });

  test('is an empty list if there are no captures', async () => {
    assert.deepEqual(await rows('&to=2020'), []);
    for (const url of [
      'https://api.spacexdata.com/v4/ships',
      'https://api.spacexdata.com/v3/rockets',
      'x',
      '',
    ]) {
      assert.deepEqual(await rows('', url), [], url);
    }
  });

  test('is text with a line for each row if JSON is not requested', async () => {
    const response = await ask('&limit=1');
    assert.equal(response.headers.get('content-type'), 'text/plain;charset=UTF-8');
    assert.match(
      await response.text(),
      /^com,spacexdata,api\)\/v4\/rockets 20210301120000 https:\S+ \S+ 200 \S+ \d+\n$/,
    );
    assert.equal(await (await ask('&to=2020')).text(), '');
  });
});

/** Base32 (RFC 4648) as hex. */
function decode(text: string): string {
  const bits = text
    .split('')
    .map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'));
  return (bits.join('').match(/.{4}/g) ?? []).map((four) => Number.parseInt(four, 2).toString(16)).join('');
}
