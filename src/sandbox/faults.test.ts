import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { SIMULATED_HEADER } from '../core/simulated.ts';
import { FAULTS_HEADER } from './fault-spec.ts';
import { sendBody } from './send.ts';
import { startSandbox, type Sandbox } from './server.ts';

let sandbox: Sandbox;
let whole: string;
before(async () => {
  sandbox = await startSandbox();
  whole = await (await get('')).text();
});
after(() => sandbox.close());

const ARRAYS = [
  'launches',
  'rockets',
  'launchpads',
  'landpads',
  'payloads',
  'cores',
  'capsules',
  'ships',
  'crew',
  'dragons',
  'starlink',
  'history',
];
const PLAIN = { 'accept-encoding': 'identity' };
const get = (faults: string, path = '/v5/launches'): Promise<Response> =>
  fetch(sandbox.url + path, { headers: { ...PLAIN, [FAULTS_HEADER]: faults } });
const records = async (faults: string): Promise<readonly { readonly id?: string }[]> => {
  const all: readonly { readonly id?: string }[] = JSON.parse(await (await get(faults)).text());
  return all;
};

test('a 429 has a Retry-After header only if one is requested', async () => {
  const date = 'Wed, 21 Oct 2015 07:28:00 GMT';
  for (const [faults, retryAfter] of [
    ['429', null],
    ['429=3', '3'],
    [`429=${date}`, date],
  ] as const) {
    const response = await get(faults);
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('retry-after'), retryAfter);
    assert.equal(await response.text(), 'Too Many Requests');
  }
});

test('a limited fault ends after its number of requests, and then the next fault applies', async () => {
  const statuses = [];
  for (let request = 0; request < 5; request += 1) statuses.push((await get('status=503x2,429x1')).status);
  assert.deepEqual(statuses, [503, 503, 429, 200, 200]);
});

test('a fault for one path does not affect other paths', async () => {
  assert.equal((await get('status=500@launches', '/v4/rockets')).status, 200);
  assert.equal((await get('status=500@launches')).status, 500);
});

test('a request’s own faults replace the sandbox’s faults', async (t) => {
  const faulty = await startSandbox({ faults: 'status=502' });
  t.after(faulty.close);
  assert.equal((await fetch(`${faulty.url}/v4/rockets`)).status, 502);
  assert.equal((await fetch(`${faulty.url}/v4/rockets`, { headers: { [FAULTS_HEADER]: '' } })).status, 200);
});

test('invalid faults result in a 400', async () => {
  const response = await get('nonsense');
  assert.equal(response.status, 400);
  assert.match(await response.text(), /"nonsense" is not a known fault/);
  assert.equal(response.headers.get(SIMULATED_HEADER), 'true');
});

test('challenge and html return HTML pages', async () => {
  for (const [fault, status] of [
    ['challenge', 403],
    ['html', 200],
  ] as const) {
    const response = await get(fault);
    assert.equal(response.status, status);
    assert.equal(response.headers.get('content-type'), 'text/html; charset=UTF-8');
    assert.equal(response.headers.get(SIMULATED_HEADER), 'true');
    assert.match(await response.text(), /^<!DOCTYPE html>/);
  }
});

test('wrong-type, object and empty return 200', async () => {
  const wrong = await get('wrong-type');
  assert.equal(wrong.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.ok((await wrong.text()) === whole);
  const object: unknown = await (await get('object')).json();
  assert.ok(object !== null && !Array.isArray(object));
  assert.equal(await (await get('empty')).text(), '[]');
});

test('reset breaks the connection before the response', async () => {
  await assert.rejects(get('reset'), TypeError);
  assert.deepEqual(sandbox.requests().at(-1), { method: 'GET', path: '/v5/launches', status: null });
});

test('reset-body drops the connection after the specified number of bytes', async () => {
  for (const bytes of [0, 70_000]) {
    const response = await get(`reset-body=${bytes}`);
    assert.equal(response.status, 200);
    const received: Uint8Array[] = [];
    await assert.rejects(async () => {
      for await (const chunk of response.body ?? []) received.push(chunk);
    }, TypeError);
    assert.ok(Buffer.concat(received).equals(Buffer.from(whole).subarray(0, bytes)));
  }
});

test('truncate ends the body early, but cleanly, compressed or not', async () => {
  const bytes = Buffer.from(whole).subarray(0, 70_000);
  assert.ok(bytes.equals(await bytesOf(get('truncate=70000'))));
  const packed = await fetch(`${sandbox.url}/v5/launches`, {
    headers: { [FAULTS_HEADER]: 'truncate=70000' },
  });
  assert.equal(packed.headers.get('content-encoding'), 'gzip');
  assert.ok(bytes.equals(await bytesOf(packed)));
});

test('slow sends the whole body', async () => {
  assert.ok((await (await get('slow=1')).text()) === whole);
});

test('slow, stall and hang end when the sandbox is closed', async (t) => {
  const closing = await startSandbox();
  t.after(closing.close);
  const ask = (faults: string): Promise<Response> =>
    fetch(`${closing.url}/v5/launches`, { headers: { ...PLAIN, [FAULTS_HEADER]: faults } });
  const slow = await ask('slow=3600000');
  const stall = await ask('stall');
  assert.equal(stall.status, 200);
  const hang = assert.rejects(ask('hang'), TypeError);
  await ask('status=500');
  const bodies = [slow, stall].map((response) => assert.rejects(response.text(), TypeError));
  await closing.close();
  await Promise.all([hang, ...bodies]);
  assert.deepEqual(
    closing.requests().map(({ status }) => status),
    [200, 200, null, 500],
  );
});

test('bad always breaks the same share of the records', async () => {
  const one = await (await get('bad=0.2:element-null')).text();
  assert.equal(one, await (await get('bad=0.2:element-null')).text());
  const bad = (await records('bad=0.2:element-null')).filter((record) => record === null).length;
  assert.ok(bad > 20 && bad < 65, `${bad} of 205`);
  const all = (await bytesOf(get('bad=1'))).toString('latin1');
  for (const sign of [
    '"tbd":tru}',
    '1e400',
    '\\u0000',
    '\\ud83d',
    '\xc3(\xff',
    '+16:00',
    '"0000-01-01',
    ',17,',
  ]) {
    assert.ok(all.includes(sign), sign);
  }
});

test('bad breaks records of every collection with a suitable field', async () => {
  for (const name of ARRAYS) {
    const path = `/v4/${name}`;
    const good = await (await get('', path)).text();
    assert.notEqual(await (await get('bad=1:null', path)).text(), good, name);
    assert.ok((await get('bad=1', path)).ok, name);
  }
  for (const [path, kind] of [
    ['/v4/ships', 'wrong-enum'],
    ['/v4/crew', 'bad-date'],
    ['/v4/company', 'null'],
  ] as const) {
    const good = await (await get('', path)).text();
    assert.equal(await (await get(`bad=1:${kind}`, path)).text(), good, path);
  }
});

test('a duplicate has the id of an earlier good record', async () => {
  const ids = (await records('bad=0.3:duplicate-id')).map(({ id }) => id);
  const good = (await records('')).map(({ id }) => id);
  const copies = ids.filter((id, index) => id !== good[index]);
  assert.ok(copies.length > 30);
  assert.ok(ids.every((id, index) => id === good[index] || ids.indexOf(id) < index));
});

test('gone always omits the same share of the records', async () => {
  const left = await records('gone=0.3');
  assert.ok(left.length > 120 && left.length < 165, `${left.length} left`);
  assert.deepEqual(await records('gone=0.3'), left);
  const ids = new Set(left.map(({ id }) => id));
  const gone = (await records('')).find(({ id }) => !ids.has(id));
  assert.equal((await get('gone=0.3', `/v5/launches/${gone?.id}`)).status, 404);
  assert.equal(await (await get('gone=1')).text(), '[]');
  for (const path of ['/v4/rockets', '/v4/cores', '/v4/starlink']) {
    assert.equal(await (await get('gone=1', path)).text(), '[]');
    assert.notEqual(await (await get('gone=1@launches', path)).text(), '[]');
  }
  assert.equal((await get('gone=1', '/v4/roadster')).status, 200, 'no array');
});

test('pretty, crlf and bom change the bytes, but not the records', async () => {
  const good = await records('');
  const pretty = await (await get('pretty')).text();
  assert.ok(pretty === JSON.stringify(good, null, 2));
  assert.ok((await (await get('pretty,crlf')).text()) === pretty.replaceAll('\n', '\r\n'));
  const crlf = await (await get('crlf')).text();
  assert.match(crlf, /^\[\r\n\{.*\},\r\n\{/);
  assert.deepEqual(JSON.parse(crlf), good);
  const bom = await bytesOf(get('bom'));
  assert.deepEqual(bom.subarray(0, 4), Buffer.from([0xef, 0xbb, 0xbf, 0x5b]));
  assert.ok(bom.toString().slice(1) === whole);
});

test('faults change the ETag only if they change the body', async () => {
  const etag = async (faults: string): Promise<string | null> => (await get(faults)).headers.get('etag');
  const changing = [
    '',
    'bad=0.1',
    'bad=0.2',
    'gone=0.1',
    'pretty',
    'bom',
    'crlf',
    'pretty,crlf',
    'empty',
    'object',
  ];
  const tags = new Set<string | null>();
  for (const faults of changing) tags.add(await etag(faults));
  assert.equal(tags.size, changing.length - 1, 'empty and object have none');
  for (const faults of ['wrong-type', 'truncate=10', 'slow=0']) assert.ok(tags.has(await etag(faults)));
});

for (const encoding of ['gzip', 'identity']) {
  test(`stops generating the body when the client disconnects (${encoding})`, async (t) => {
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    const { promise: failed, resolve: fail } = Promise.withResolvers<unknown>();
    function* endless(): Generator<string, void, undefined> {
      try {
        for (;;) yield String(Math.random());
      } finally {
        stop();
      }
    }
    const server = createServer((request, response) => {
      const closed = new AbortController();
      response.once('close', () => closed.abort());
      sendBody(request, response, endless(), [], closed.signal).then(fail, fail);
    }).listen(0);
    t.after(() => server.close().closeAllConnections());
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const leaving = new AbortController();
    const response = await fetch(`http://127.0.0.1:${address.port}`, {
      headers: { 'accept-encoding': encoding },
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    leaving.abort();
    await stopped;
    const error = await failed;
    assert.equal(error instanceof Error && error.name, 'AbortError');
  });
}

async function bytesOf(response: Response | Promise<Response>): Promise<Buffer> {
  return Buffer.from(await (await response).arrayBuffer());
}
