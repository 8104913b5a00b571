import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startWayback, type Wayback } from './server.ts';

const RUNTIME_ERROR = 'x-archive-wayback-runtime-error';

async function opened(waybackFaults: string): Promise<Wayback & AsyncDisposable> {
  const wayback = await startWayback({ launches: 20, waybackFaults });
  return { ...wayback, [Symbol.asyncDispose]: wayback.close };
}

const rockets = ({ archiveUrl }: Wayback): Promise<Response> => fetch(`${archiveUrl}/v4/rockets`);
const recording = ({ recordingsUrl }: Wayback): Promise<Response> =>
  fetch(`${recordingsUrl}/rockets/all.yml`);
const index = ({ url }: Wayback): Promise<Response> =>
  fetch(`${url}/cdx/search/cdx?url=https://api.spacexdata.com/v4/rockets&output=json`);

test("returns the archive's own errors as pages without the headers of a capture", async () => {
  for (const status of [429, 502, 503, 504]) {
    await using wayback = await opened(status === 429 ? '429' : `status=${status}`);
    for (const ask of [rockets, index, recording]) {
      const response = await ask(wayback);
      assert.equal(response.status, status);
      assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
      assert.equal(response.headers.get('memento-datetime'), null);
      assert.equal(response.headers.get('retry-after'), null);
    }
  }
});

test('sends Retry-After only if the fault has a value', async () => {
  await using wayback = await opened('429=70');
  assert.equal((await rockets(wayback)).headers.get('retry-after'), '70');
});

test('faults end after the requested number of requests', async () => {
  await using wayback = await opened('status=503x2');
  const statuses = [];
  for (let request = 0; request < 3; request += 1) statuses.push((await rockets(wayback)).status);
  assert.deepEqual(statuses, [503, 503, 200]);
});

test('a path determines which copies are affected', async () => {
  for (const [path, statuses] of [
    ['captures/rockets', [503, 200, 200]],
    ['cdx/rockets', [200, 503, 200]],
    ['recordings', [200, 200, 503]],
    ['ships', [200, 200, 200]],
  ] as const) {
    await using wayback = await opened(`status=503@${path}`);
    const seen = [];
    for (const ask of [rockets, index, recording]) seen.push((await ask(wayback)).status);
    assert.deepEqual(seen, statuses, path);
  }
});

test('a blocked site returns 403 (as text from the index), or a page with status 200', async () => {
  await using blocked = await opened('blocked');
  const [page, text] = [await rockets(blocked), await index(blocked)];
  assert.deepEqual([page.status, text.status], [403, 403]);
  assert.match(page.headers.get(RUNTIME_ERROR) ?? '', /Blocked Site Error/);
  assert.match(text.headers.get('content-type') ?? '', /^text\/plain/);
  assert.equal((await text.text()).trim(), text.headers.get(RUNTIME_ERROR));

  await using wayback = await opened('blocked-page');
  const { status, headers } = await rockets(wayback);
  assert.deepEqual([status, headers.get('memento-datetime')], [200, null]);
  assert.match(headers.get(RUNTIME_ERROR) ?? '', /Blocked Site Error/);
});

test('a missing copy returns a 404 page, or an empty list from the index', async () => {
  await using wayback = await opened('missing');
  const response = await rockets(wayback);
  assert.equal(response.status, 404);
  assert.match(await response.text(), /has not archived that URL\./);
  assert.equal((await (await index(wayback)).text()).trim(), '[]');
  assert.equal((await recording(wayback)).status, 404);
});

test('reset breaks the connection, and hang ends when the server is closed', async () => {
  await using broken = await opened('reset');
  await assert.rejects(rockets(broken), TypeError);
  assert.equal(broken.requests()[0]?.status, null);

  const silent = await opened('hang');
  const answer = assert.rejects(rockets(silent), TypeError);
  while (silent.requests().length === 0) await new Promise((resolve) => void setImmediate(resolve));
  await silent.close();
  await answer;
});

test('late delays a response, and the next request is logged as overlapping', async () => {
  await using wayback = await opened('late=300@captures/rocketsx1');
  const started = performance.now();
  const first = rockets(wayback);
  while (wayback.requests().length === 0) await new Promise((resolve) => void setImmediate(resolve));
  await recording(wayback);
  assert.equal((await first).status, 200);
  assert.ok(performance.now() - started >= 290);
  assert.deepEqual(
    wayback.requests().map(({ others }) => others),
    [0, 1, 0],
  );
});
