import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { startLaunchLibrary, type LaunchLibraryOptions } from './server.ts';

const HOUR = 3_600_000;

test('allows fifteen requests an hour, and reports when to retry further requests', async (t) => {
  const { ask, throttle, wait } = await started(t);
  for (let request = 0; request < 15; request += 1) {
    assert.equal((await ask()).status, 200);
    wait(60_000);
  }
  const refused = await ask();
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('retry-after'), '2700');
  assert.deepEqual(await refused.json(), {
    detail: 'Request was throttled. Expected available in 2700 seconds.',
  });
  assert.deepEqual(await throttle(), {
    your_request_limit: 15,
    limit_frequency_secs: 3600,
    current_use: 15,
    next_use_secs: 2700,
    ident: '127.0.0.1',
  });
});

test('allows another request an hour after the first one, because the window slides', async (t) => {
  const { ask, throttle, wait } = await started(t);
  for (let request = 0; request < 15; request += 1) {
    await ask();
    wait(60_000);
  }
  wait(45 * 60_000 - 1);
  assert.equal((await ask()).status, 429);
  assert.equal((await throttle()).next_use_secs, 1);
  wait(1);
  assert.equal((await throttle()).next_use_secs, 0);
  assert.equal((await ask()).status, 200);
  assert.equal((await ask()).headers.get('retry-after'), '60');
  wait(HOUR);
  assert.equal((await throttle()).current_use, 0);
});

test('does not count requests for api-throttle, refused requests, unknown paths or faults', async (t) => {
  const { ask, throttle } = await started(t, { requestsPerWindow: 2, faults: 'status=503@launchesx1' });
  for (const path of ['api-throttle/', 'launches/', 'nothing/', 'launches?limit=1']) await ask(path);
  assert.equal((await throttle()).current_use, 0);
  for (let request = 0; request < 5; request += 1) await ask();
  assert.equal((await throttle()).current_use, 2);
  const wrong = await ask('launches/?lsp__id=x');
  assert.equal(wrong.status, 429);
});

test('a token has its own quota and does not appear in responses', async (t) => {
  const { ask, throttle, url } = await started(t, { requestsPerWindow: 1, tokenRequestsPerWindow: 3 });
  await ask();
  assert.equal((await ask()).status, 429);
  const headers = { authorization: 'Token verysecret' };
  const statuses = [];
  for (let request = 0; request < 4; request += 1) {
    statuses.push((await fetch(`${url}launches/`, { headers })).status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 429]);
  const state = await (await fetch(`${url}api-throttle/`, { headers })).text();
  assert.match(state, /"your_request_limit":3,.*"current_use":3/);
  assert.doesNotMatch(state, /verysecret/);
  assert.equal((await throttle()).your_request_limit, 1);
});

async function started(t: TestContext, options: LaunchLibraryOptions = {}) {
  let now = Date.UTC(2026, 2, 1);
  const library = await startLaunchLibrary({ clock: { now: () => now }, launches: 5, ...options });
  t.after(library.close);
  const ask = (path = 'launches/'): Promise<Response> =>
    fetch(library.baseUrl + path, { redirect: 'manual' });
  return {
    url: library.baseUrl,
    ask,
    throttle: async () => (await (await ask('api-throttle/')).json()) as Readonly<Record<string, unknown>>,
    wait: (milliseconds: number) => void (now += milliseconds),
  };
}
