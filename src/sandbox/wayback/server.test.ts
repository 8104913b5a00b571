import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { PipelineError } from '../../core/errors.ts';
import { SIMULATED_HEADER } from '../../core/simulated.ts';
import { etagOf } from './copies.ts';
import { startWayback, type Wayback, type WaybackOptions } from './server.ts';

const CAPTURED = ['launches', 'rockets', 'capsules', 'crew', 'ships', 'roadster'];
const NOT_CAPTURED = [
  'payloads',
  'launchpads',
  'landpads',
  'dragons',
  'history',
  'cores',
  'company',
  'starlink',
];
const manual: RequestInit = { redirect: 'manual' };

describe('the stand-in for the archive', () => {
  let wayback: Wayback;
  before(async () => {
    wayback = await startWayback({ launches: 20 });
  });
  after(() => wayback.close());

  const capture = (resource: string, init?: RequestInit): Promise<Response> =>
    fetch(`${wayback.archiveUrl}/${resource === 'launches' ? 'v5' : 'v4'}/${resource}`, init);

  test("has addresses that end in the API's host and in the recordings folder", () => {
    assert.equal(wayback.archiveUrl, `${wayback.url}/web/20260605id_/https://api.spacexdata.com`);
    assert.equal(wayback.recordingsUrl, `${wayback.url}/recordings`);
  });

  test('redirects a short timestamp to the nearest capture with an absolute URL', async () => {
    const response = await capture('crew', manual);
    assert.equal(response.status, 302);
    assert.equal(
      response.headers.get('location'),
      `${wayback.url}/web/20251128034519id_/https://api.spacexdata.com/v4/crew`,
    );
    assert.equal(response.headers.get('x-archive-redirect-reason'), 'found capture at 20251128034519');
    assert.equal(response.headers.get('memento-datetime'), null);
    assert.equal(await response.text(), '');
  });

  test('replays the body that the API serves, with the headers of a capture', async () => {
    for (const resource of CAPTURED) {
      const response = await capture(resource);
      assert.equal(response.status, 200, resource);
      const { headers } = response;
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
      assert.match(headers.get('memento-datetime') ?? '', /^\w{3}, \d\d \w{3} 202[56] [\d:]{8} GMT$/);
      assert.match(headers.get('link') ?? '', /rel="original".*rel="first memento".*rel="memento"/);
      assert.equal(headers.get('cache-control'), 'max-age=1800');
      for (const name of ['etag', 'last-modified', 'retry-after']) assert.equal(headers.get(name), null);
      const body = Buffer.from(await response.arrayBuffer());
      assert.equal(headers.get('x-archive-orig-etag'), etagOf(body));
      const path = new URL(response.url).pathname.replace(/.*spacexdata\.com/, '');
      assert.equal(body.toString(), await (await fetch(wayback.url + path)).text(), resource);
    }
  });

  test('returns 404 for anything that is not archived', async () => {
    for (const path of [...NOT_CAPTURED.map((name) => `v4/${name}`), 'v4/launches', 'v4/nothing']) {
      const response = await fetch(`${wayback.archiveUrl}/${path}`);
      assert.equal(response.status, 404, path);
      assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
      assert.equal(response.headers.get('memento-datetime'), null);
      assert.match(await response.text(), /has not archived that URL\./);
    }
  });

  test('marks every response as simulated, unless configured otherwise', async () => {
    for (const path of [
      '/web/2026id_/https://api.spacexdata.com/v4/rockets',
      '/recordings/none',
      '/v4/rockets',
    ]) {
      assert.equal((await fetch(wayback.url + path)).headers.get(SIMULATED_HEADER), 'true', path);
    }
    await using unmarked = await started({ marked: false });
    for (const path of [
      '/web/2026id_/https://api.spacexdata.com/v4/rockets',
      '/recordings/none',
      '/v4/rockets',
    ]) {
      assert.equal((await fetch(unmarked.url + path)).headers.get(SIMULATED_HEADER), null, path);
    }
  });

  test('logs requests with their times, headers and the number of concurrent requests', async () => {
    await using own = await started({});
    await fetch(`${own.archiveUrl}/v4/crew`, { headers: { 'user-agent': 'test' } });
    const requests = own.requests();
    assert.deepEqual(
      requests.map(({ method, path, status, others }) => ({ method, path, status, others })),
      [
        { path: '/web/20260605id_/https://api.spacexdata.com/v4/crew', status: 302 },
        { path: '/web/20251128034519id_/https://api.spacexdata.com/v4/crew', status: 200 },
      ].map((request) => ({ method: 'GET', ...request, others: 0 })),
    );
    assert.equal(requests[1]?.headers['user-agent'], 'test');
    assert.ok((requests[1]?.at ?? 0) > 0);
  });
});

test('rejects invalid options', async () => {
  for (const options of [
    { launches: 100_001 },
    { port: -1 },
    { waybackFaults: 'flood' },
    { behaviors: { rockets: 'replayed=200' } },
  ]) {
    await assert.rejects(
      startWayback(options),
      (error) => error instanceof PipelineError && error.code === 'usage',
      JSON.stringify(options),
    );
  }
});

async function started(options: WaybackOptions): Promise<Wayback & AsyncDisposable> {
  const wayback = await startWayback({ launches: 20, ...options });
  return { ...wayback, [Symbol.asyncDispose]: wayback.close };
}
