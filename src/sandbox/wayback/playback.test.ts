import assert from 'node:assert/strict';
import { test } from 'node:test';

import { etagOf } from './copies.ts';
import { startWayback, type WaybackOptions } from './server.ts';

const AT = '20251128034223';
const BESIDE = '20251128034230';
const ROCKETS = 'https://api.spacexdata.com/v4/rockets';

type Opened = Awaited<ReturnType<typeof opened>>;

async function opened(options: WaybackOptions = {}) {
  const wayback = await startWayback({ launches: 20, ...options });
  const get = (timestamp: string, original = ROCKETS): Promise<Response> =>
    fetch(`${wayback.url}/web/${timestamp}id_/${original}`, { redirect: 'manual' });
  return {
    ...wayback,
    get,
    /** The timestamp and the URL to which the archive redirects a request. */
    async led(timestamp: string, original?: string): Promise<string | undefined> {
      const response = await get(timestamp, original);
      assert.equal(response.status, 302);
      assert.equal(response.headers.get('memento-datetime'), null);
      const location = response.headers.get('location') ?? '';
      assert.ok(location.startsWith(`${wayback.url}/web/`), location);
      const [, to = '', url] = /\/web\/(\d{14})id_\/(.*)$/.exec(location) ?? [];
      assert.equal(response.headers.get('x-archive-redirect-reason'), `found capture at ${to}`);
      return url === ROCKETS ? to : `${to} ${url}`;
    },
    [Symbol.asyncDispose]: wayback.close,
  };
}

/** The body of a capture, which must be replayed as a 200 with JSON. */
async function plays(archive: Opened, timestamp: string, original?: string): Promise<Buffer> {
  const response = await archive.get(timestamp, original);
  assert.equal(response.status, 200);
  assert.notEqual(response.headers.get('memento-datetime'), null);
  const body = Buffer.from(await response.arrayBuffer());
  assert.equal(response.headers.get('x-archive-orig-etag'), etagOf(body));
  return body;
}

test('redirects a timestamp of any length to the capture closest in time', async () => {
  const captures = { rockets: ['20251128034223', '20210301120000', '20230228000001'] };
  await using archive = await opened({ captures });
  for (const [wanted, found] of [
    ['20260605', '20251128034223'],
    ['2026', '20251128034223'],
    ['1', '20210301120000'],
    ['20251128034222', '20251128034223'],
    ['20251128000000', '20251128034223'],
    ['20220228115900', '20210301120000'],
    ['20220301000000', '20230228000001'],
    ['202302', '20230228000001'],
  ] as const) {
    assert.equal(await archive.led(wanted), found, wanted);
  }
  for (const at of captures.rockets) await plays(archive, at);
});

test("redirects a URL with http, a port, a slash or no scheme to the capture's own URL", async () => {
  await using archive = await opened();
  for (const original of [
    'https:/api.spacexdata.com/v4/rockets',
    'https://api.spacexdata.com/v4/rockets/',
    'api.spacexdata.com/v4/rockets',
  ]) {
    assert.equal(await archive.led('2026', original), AT, original);
  }
  await plays(archive, AT, 'http://api.spacexdata.com:80/v4/rockets');
});

test('replays only id_ URLs, because the archive rewrites the bodies of all other URLs', async () => {
  await using archive = await opened();
  assert.equal((await fetch(`${archive.url}/web/${AT}/${ROCKETS}`)).status, 400);
});

test('serves the given captures, or none if the list is empty', async () => {
  await using archive = await opened({ captures: { starlink: ['20240101000000'], rockets: [] } });
  assert.equal((await archive.get('2026')).status, 404);
  const starlink = await plays(archive, '20240101000000', 'https://api.spacexdata.com/v4/starlink');
  assert.ok(JSON.parse(starlink.toString()).length > 10);
});

test('serves the given bodies, for both copies or for one', async () => {
  const bodies = { rockets: Buffer.from('[1]'), 'captures/ships': Buffer.from('[2]') };
  await using archive = await opened({ bodies });
  assert.equal((await plays(archive, AT)).toString(), '[1]');
  const recording = async (file: string): Promise<string> =>
    (await fetch(`${archive.recordingsUrl}/${file}`)).text();
  assert.match(await recording('rockets/all.yml'), /string: '\[1\]'/);
  const ships = await fetch(`${archive.archiveUrl}/v4/ships`);
  assert.equal(await ships.text(), '[2]');
  assert.doesNotMatch(await recording('ships/all.yml'), /string: '\[2\]'/);
});

test('moved: a listed capture redirects to a capture seconds later, which is replayed', async () => {
  await using archive = await opened({ behaviors: { rockets: 'moved' } });
  assert.equal(await archive.led('2026'), AT);
  assert.equal(await archive.led(AT), BESIDE);
  await plays(archive, BESIDE);
});

test('loop: two captures redirect to each other for the requested number of requests', async () => {
  await using archive = await opened({ behaviors: { rockets: 'loopx2' } });
  for (const [from, to] of [
    [AT, BESIDE],
    [BESIDE, AT],
    [AT, BESIDE],
  ] as const) {
    assert.equal(await archive.led(from), to);
  }
  await plays(archive, AT);
});

test('plain-http: a capture redirects to the same path with http', async () => {
  await using archive = await opened({ behaviors: { rockets: 'plain-http' } });
  assert.equal(await archive.led(AT), `${AT} http://api.spacexdata.com:80/v4/rockets`);
  await plays(archive, AT, 'http://api.spacexdata.com:80/v4/rockets');
});

test('other-url: a capture redirects to a plausible capture of a different path', async () => {
  await using archive = await opened({ behaviors: { rockets: 'other-url' } });
  assert.equal(await archive.led(AT), `${AT} https://api.spacexdata.com/v3/rockets`);
  await plays(archive, AT, 'https://api.spacexdata.com/v3/rockets');
  await using plain = await opened();
  assert.equal((await plain.get(AT, 'https://api.spacexdata.com/v3/rockets')).status, 404);
});

test('replayed: the captured response has its own status and the headers of a capture', async () => {
  for (const status of [301, 404, 429, 525]) {
    await using archive = await opened({ behaviors: { rockets: `replayed=${status}` } });
    assert.equal(await archive.led('2026'), AT, 'the redirect to the nearest capture is unchanged');
    const { status: played, headers } = await archive.get(AT);
    assert.equal(played, status);
    assert.equal(headers.get('memento-datetime'), 'Fri, 28 Nov 2025 03:42:23 GMT');
    assert.equal(headers.get('retry-after'), null);
    assert.equal(headers.get('x-archive-orig-retry-after'), status === 429 ? '6' : null);
    const location = headers.get('location');
    assert.equal(location?.startsWith(`${archive.url}/web/${AT}id_/https://`) ?? false, status === 301);
    if (location !== null) assert.equal((await fetch(location)).status, 404);
  }
});

test('error-page: the captured response is a page with status 200', async () => {
  await using archive = await opened({ behaviors: { rockets: 'error-page' } });
  const response = await archive.get(AT);
  assert.equal(response.status, 200);
  assert.notEqual(response.headers.get('memento-datetime'), null);
  assert.equal(response.headers.get('content-type'), 'text/html; charset=UTF-8');
  assert.match(await response.text(), /^<!DOCTYPE html>/);
});

test('no-memento: the response has none of the headers of a capture', async () => {
  await using archive = await opened({ behaviors: { rockets: 'no-memento' } });
  const response = await archive.get(AT);
  assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
  const names = [...response.headers.keys()];
  assert.deepEqual(
    names.filter((name) => /memento|link|x-archive/.test(name)),
    [],
  );
  assert.ok(JSON.parse(await response.text()).length > 0);
});

test('a fault of one capture does not affect other captures, the recording or other resources', async () => {
  const captures = { rockets: [AT, '20230228000001'], ships: [AT] };
  await using archive = await opened({
    captures,
    behaviors: { [`captures/rockets/${AT}`]: 'replayed=525' },
  });
  assert.equal((await archive.get(AT)).status, 525);
  await plays(archive, '20230228000001');
  await plays(archive, AT, 'https://api.spacexdata.com/v4/ships');
  assert.equal((await fetch(`${archive.recordingsUrl}/rockets/all.yml`)).status, 200);
});
