import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';

import { PipelineError } from '../core/errors.ts';
import { SIMULATED_HEADER } from '../core/simulated.ts';
import { createRequestLog } from './request-log.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from './server.ts';

describe('sandbox', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.close());

  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(sandbox.url + path, init);
  const json = async (path: string): Promise<unknown> => (await get(path)).json();
  const bodyOf = async (path: string): Promise<string> => (await get(path)).text();
  const list = async (path: string): Promise<readonly Simulated[]> => {
    const records: readonly Simulated[] = JSON.parse(await (await get(path)).text());
    return records;
  };

  test('serves launches in order of flight_number', async () => {
    const launches = await list('/v5/launches');
    assert.deepEqual(
      launches.map(({ flight_number }) => flight_number),
      Array.from({ length: 205 }, (_, index) => index + 1),
    );
    assert.equal((await list('/v4/rockets')).length, 4);
    assert.deepEqual(await json('/latest/launches'), launches);
    assert.deepEqual(await json('/latest/rockets/'), await json('/v4/rockets?x=1'));
    assert.equal((await list('/v4/launches')).length, 205);
  });

  test('serves a single launch and the past, upcoming, latest and next launches', async () => {
    const launches = await list('/v5/launches');
    const past = launches.filter(({ upcoming }) => !upcoming);
    const upcoming = launches.filter((launch) => launch.upcoming);
    assert.deepEqual(await json('/v5/launches/past'), past);
    assert.deepEqual(await json('/v5/launches/upcoming'), upcoming);
    assert.deepEqual(await json('/v5/launches/latest'), past.at(-1));
    assert.deepEqual(await json('/v5/launches/next'), upcoming[0]);
    assert.deepEqual(await json(`/v5/launches/${launches[7]?.id}`), launches[7]);
    const rockets = await list('/v4/rockets');
    assert.deepEqual(await json(`/v4/rockets/${rockets[2]?.id}`), rockets[2]);
  });

  test('serves all fourteen resources, with the real API’s `age` header', async () => {
    for (const [name, { maxAge, least }] of Object.entries(SERVED)) {
      const response = await get(`/v4/${name}`);
      assert.equal(response.headers.get('cache-control'), `max-age=${maxAge}`, name);
      const text = await response.text();
      assert.equal(
        await (await get(`/latest/${name}`)).text(),
        name === 'launches' ? await bodyOf('/v5/launches') : text,
      );
      if (least === 0) {
        assert.match(text, /^\{"/);
        assert.equal((await get(`/v4/${name}/${JSON.parse(text).id}`)).status, 404, name);
        continue;
      }
      const records: readonly Simulated[] = JSON.parse(text);
      assert.ok(records.length >= least, `${records.length} ${name}`);
      const last = records.at(-1);
      assert.deepEqual(await json(`/v4/${name}/${last?.id}`), last);
      if (name !== 'launches') assert.equal((await get(`/v5/${name}`)).status, 404);
    }
  });

  test('returns 404 and 405 as plain text', async () => {
    const missing = [
      '/',
      '/v5',
      '/v5/rockets',
      '/v5/launches/17',
      '/v5/launches/query',
      '/v4/rockets/latest',
      '/v4/ships/query',
      '/v4/roadster/query',
      '/v4/nothing',
      '/v4/constructor',
    ];
    const beyond = (await list('/v5/launches'))[0]?.id.replace(/.{8}$/, '000000cd');
    for (const path of [...missing, `/v5/launches/${beyond}`, `/v4/rockets/${beyond}`]) {
      const response = await get(path);
      assert.equal(response.status, 404, path);
      assert.equal(await response.text(), 'Not Found');
      assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
    }
    assert.equal((await get('/v5/launches/query', { method: 'POST', body: '{}' })).status, 404);
    const post = await get('/v5/launches', { method: 'POST', body: '{}' });
    assert.equal(post.status, 405);
    assert.equal(post.headers.get('allow'), 'GET, HEAD');
  });

  test('sends the headers of the real API', async () => {
    const { headers } = await get('/v5/launches');
    assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
    assert.equal(headers.get('cache-control'), 'max-age=20');
    assert.equal(headers.get('vary'), 'Accept-Encoding');
    assert.equal(headers.get('spacex-api-cache'), 'MISS');
    assert.match(headers.get('spacex-api-response-time') ?? '', /^\d+ms$/);
    assert.match(headers.get('etag') ?? '', /^"[0-9a-f]+-[A-Za-z0-9+/]{27}"$/);
    assert.equal((await get('/v4/rockets')).headers.get('cache-control'), 'max-age=86400');
  });

  test('returns 304 if the ETag matches', async () => {
    const etag = (await get('/v5/launches')).headers.get('etag') ?? '';
    for (const method of ['GET', 'HEAD']) {
      for (const tag of [etag, `W/${etag}`, `"a", W/${etag} , "b"`, '*']) {
        const response = await get('/v5/launches', { method, headers: { 'if-none-match': tag } });
        assert.equal(response.status, 304, tag);
        assert.equal(response.headers.get('etag'), etag);
        assert.equal(await response.text(), '');
      }
    }
    for (const tag of ['"a"', etag.slice(1, -1), '']) {
      assert.equal((await get('/v5/launches', { headers: { 'if-none-match': tag } })).status, 200, tag);
    }
  });

  test('sends a different ETag with a different body', async () => {
    const tags = new Set<string | null>();
    const paths = ['/v5/launches', '/v4/launches', '/v4/rockets', '/v5/launches/past', '/v5/launches/latest'];
    for (const path of paths) tags.add((await get(path)).headers.get('etag'));
    for (const options of [{ seed: 2 }, { launches: 206 }, { revision: 1 }, { revision: 2 }]) {
      await using other = await started(options);
      tags.add((await fetch(`${other.url}/v5/launches`)).headers.get('etag'));
    }
    assert.equal(tags.size, paths.length + 4);
  });

  test('responds to HEAD with the headers of GET and no body', async () => {
    const response = await get('/v5/launches', { method: 'HEAD' });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.equal(response.headers.get('etag'), (await get('/v5/launches')).headers.get('etag'));
    assert.equal(await response.text(), '');
  });

  test('compresses the response for clients that accept gzip', async () => {
    const plain = await get('/v4/rockets', { headers: { 'accept-encoding': 'identity' } });
    assert.equal(plain.headers.get('content-encoding'), null);
    const refused = await get('/v4/rockets', { headers: { 'accept-encoding': 'gzip;q=0, br' } });
    assert.equal(refused.headers.get('content-encoding'), null);
    const packed = await get('/v4/rockets', { headers: { 'accept-encoding': 'br, gzip' } });
    assert.equal(packed.headers.get('content-encoding'), 'gzip');
    assert.equal(await packed.text(), await plain.text());
  });

  test('marks every response as simulated', async () => {
    for (const init of [{}, { method: 'HEAD' }, { method: 'POST' }, { headers: { 'if-none-match': '*' } }]) {
      for (const path of ['/v5/launches', '/nothing']) {
        assert.equal((await get(path, init)).headers.get(SIMULATED_HEADER), 'true');
      }
    }
    assert.match(
      await converse(sandbox, 'no HTTP\r\n\r\n'),
      /400 Bad Request\r\nspacex-pipeline-simulated: true/,
    );
  });

  test('logs requests', async () => {
    await get('/v4/rockets');
    await get('/nothing');
    assert.deepEqual(sandbox.requests().slice(-2), [
      { method: 'GET', path: '/v4/rockets', status: 200 },
      { method: 'GET', path: '/nothing', status: 404 },
    ]);
  });
});

test('the request log keeps the latest requests', async (t) => {
  const log = createRequestLog(2);
  const server = createServer((request, response) => {
    log.add(request, response);
    response.end();
  }).listen(0);
  t.after(() => server.close().closeAllConnections());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  for (const path of ['/1', '/2', '/3']) await fetch(`http://127.0.0.1:${address.port}${path}`);
  assert.deepEqual(
    log.list().map(({ path }) => path),
    ['/2', '/3'],
  );
});

test('the same seed produces the same bytes', async () => {
  const bodies = [];
  for (const seed of [1, 1, 2]) {
    await using sandbox = await started({ seed, launches: 20 });
    bodies.push(await (await fetch(`${sandbox.url}/v5/launches`)).text());
  }
  assert.equal(bodies[0], bodies[1]);
  assert.notEqual(bodies[0], bodies[2]);
});

test('returns an empty array for zero launches', async () => {
  await using sandbox = await started({ launches: 0 });
  assert.equal(await (await fetch(`${sandbox.url}/v5/launches`)).text(), '[]');
  assert.equal((await fetch(`${sandbox.url}/v5/launches/next`)).status, 404);
});

test('rejects invalid options', async () => {
  await using sandbox = await started({});
  const port = Number(new URL(sandbox.url).port);
  const wrong = [
    { port },
    { port: 70_000 },
    { launches: -1 },
    { launches: 1.5 },
    { seed: -1 },
    { revision: 0 },
    { revision: 4 },
    { faults: 'x' },
  ];
  for (const options of wrong) {
    await assert.rejects(
      startSandbox(options),
      (error) => error instanceof PipelineError && error.code === 'usage',
      JSON.stringify(options),
    );
  }
});

test('collections that never change have the same ETag in all revisions', async () => {
  const tags = new Map<string, Set<string | null>>();
  for (const revision of [1, 2, 3]) {
    await using sandbox = await started({ revision });
    for (const path of ['/v4/rockets', '/v4/cores', '/v4/starlink', '/v5/launches']) {
      const { headers } = await fetch(sandbox.url + path, { method: 'HEAD' });
      tags.set(path, (tags.get(path) ?? new Set()).add(headers.get('etag')));
    }
  }
  assert.deepEqual(
    [...tags.values()].map(({ size }) => size),
    [1, 3, 3, 3],
  );
});

for (const [path, least, most] of [
  ['/v5/launches', 300e6, Infinity],
  ['/v4/starlink', 60e6, 60e6],
  ['/v4/launchpads', 20e6, Infinity],
] as const) {
  test(`streams ${path} of a million launches without filling memory`, async () => {
    await using sandbox = await started({ launches: 1_000_000 });
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nConnection: close\r\n\r\n`);
    await once(socket, 'readable');
    const atFirst = process.memoryUsage.rss();
    let [bytes, growth] = [0, 0];
    for await (const chunk of socket) {
      bytes += chunk.length;
      growth = Math.max(growth, process.memoryUsage.rss() - atFirst);
      if (bytes >= Math.min(most, 400e6)) break;
    }
    assert.ok(bytes >= least, `${bytes} bytes`);
    assert.ok(growth < 150e6, `grew by ${growth} bytes`);
  });
}

/** The minimum number of records in the newest state of 205 launches; none for a single object. */
const SERVED = {
  launches: { maxAge: 20, least: 205 },
  rockets: { maxAge: 86_400, least: 4 },
  launchpads: { maxAge: 300, least: 6 },
  landpads: { maxAge: 300, least: 7 },
  payloads: { maxAge: 300, least: 205 },
  cores: { maxAge: 300, least: 50 },
  capsules: { maxAge: 300, least: 15 },
  ships: { maxAge: 300, least: 20 },
  crew: { maxAge: 300, least: 20 },
  dragons: { maxAge: 86_400, least: 2 },
  starlink: { maxAge: 3600, least: 500 },
  roadster: { maxAge: 300, least: 0 },
  company: { maxAge: 86_400, least: 0 },
  history: { maxAge: 300, least: 10 },
};

type Simulated = { readonly id: string; readonly flight_number: number; readonly upcoming: boolean };

async function started(options: SandboxOptions): Promise<Sandbox & AsyncDisposable> {
  const sandbox = await startSandbox(options);
  return { ...sandbox, [Symbol.asyncDispose]: sandbox.close };
}

async function converse(sandbox: Sandbox, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1').end(bytes);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
