import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';

import type { HttpOptions } from '../../src/adapters/http/upstream.ts';
import { PipelineError } from '../../src/core/errors.ts';
import type { Clock, FinishedAttempt } from '../../src/core/ports.ts';
import { startLaunchLibrary, type LaunchLibraryOptions } from '../../src/sandbox/launch-library/server.ts';
import launchLibrary from '../../src/sources/launch-library/source.ts';
import { JSON_TYPE, never, openTestUpstream, serve, unobserved } from '../support/http-upstream.ts';
import { TEST_HOST } from '../support/offline.ts';
import { startWeb } from '../support/web.ts';

const NOW = Date.UTC(2026, 2, 1);
const TOKEN = 'token-"of"/a+supporter';
const SETTING = 'sources.launch-library.token';

/** A clock that advances only when something waits. */
function createQuickClock() {
  let now = NOW;
  const waits: number[] = [];
  const clock: Clock = {
    now: () => now,
    elapsed: () => now,
    async sleep(milliseconds) {
      now += milliseconds;
      if (milliseconds > 100) waits.push(milliseconds);
    },
  };
  return { clock, waits, pass: (milliseconds: number) => void (now += milliseconds) };
}

function auth(token: string | null): HttpOptions['auth'] {
  return { scheme: 'Token', token, setting: SETTING };
}

/** The stand-in, and an upstream that sends requests to it, on one clock. */
async function stage(t: TestContext, options: LaunchLibraryOptions = {}, own: Partial<HttpOptions> = {}) {
  const { clock, pass, waits } = createQuickClock();
  const library = await startLaunchLibrary({ launches: 5, clock, ...options });
  const { lines, upstream } = openTestUpstream(library.baseUrl.replace(/\/$/, ''), {
    clock,
    quota: launchLibrary.quota,
    auth: auth(null),
    maxAttempts: 5,
    maxRetryAfterSeconds: 120,
    ...own,
  });
  t.after(async () => {
    await upstream.close();
    await library.close();
  });
  const tried: FinishedAttempt[] = [];
  async function get(path = '/launches/?limit=1'): Promise<string> {
    const tries = upstream.open(
      { resource: 'x', path, kept: null, ...unobserved, onTried: (one) => void tried.push(one) },
      never,
    );
    try {
      const { body } = await tries.next();
      const chunks = [];
      for await (const chunk of body) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    } finally {
      tries.end();
    }
  }
  /** The requested paths without queries, each with its status. */
  const asked = (): readonly string[] =>
    library.requests().map(({ path, status }) => `${path.replace(/^\/2\.3\.0|\?.*$/g, '')} ${status}`);
  return { asked, get, library, lines, pass, tried, upstream, waits };
}

async function refusal(request: Promise<unknown>): Promise<PipelineError> {
  const error: unknown = await request.then(
    () => assert.fail('the request succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PipelineError && error.code === 'source', String(error));
  return error;
}

void describe('a quota', () => {
  void it('is read with one request, which does not count toward the quota', async (t) => {
    const { asked, get, pass, upstream } = await stage(t);
    assert.deepEqual(await upstream.quota(never), { left: 15, limit: 15, seconds: 3600, nextSeconds: 0 });
    assert.deepEqual(asked(), ['/api-throttle/ 200']);
    for (let request = 0; request < 15; request += 1) await get();
    pass(600_000);
    const { left, nextSeconds } = (await upstream.quota(never)) ?? assert.fail();
    assert.equal(left, 0);
    assert.ok(nextSeconds > 2990 && nextSeconds <= 3000, String(nextSeconds));
  });

  void it('is known after each request, once it has been read', async (t) => {
    const { get, tried, upstream } = await stage(t, { requestsPerWindow: 2 });
    await get();
    await upstream.quota(never);
    await get();
    await refusal(get());
    assert.deepEqual(
      tried.map(({ quota_left, status }) => [status, quota_left]),
      [
        [200, undefined],
        [200, 0],
        [429, 0],
      ],
    );
  });

  for (const [what, faults] of [
    ['responds with an error', 'status=500@api-throttle'],
    ['refuses the quota request', 'status=403@api-throttle'],
    ['sends no JSON', 'html@api-throttle'],
    ['sends only part of its response', 'truncate=20@api-throttle'],
    ['resets the connection', 'reset@api-throttle'],
  ] as const) {
    void it(`is unknown if the source ${what}, and nothing fails`, async (t) => {
      const { asked, get, tried, upstream } = await stage(t, { faults });
      assert.equal(await upstream.quota(never), null);
      assert.ok(asked().length <= 2, asked().join());
      await get();
      assert.deepEqual(Object.keys(tried[0] ?? {}), ['status', 'seconds']);
    });
  }

  void it('is read again if the first attempt fails', async (t) => {
    const { asked, upstream } = await stage(t, { faults: 'status=503@api-throttlex1' });
    assert.equal((await upstream.quota(never))?.left, 15);
    assert.equal(asked().length, 2);
  });

  void it('is unknown if the response is far too long', async (t) => {
    const state = { your_request_limit: 1, limit_frequency_secs: 1, current_use: 1, next_use_secs: 1 };
    const web = await serve(t, (_, response) => {
      response.writeHead(200, JSON_TYPE).end(JSON.stringify(state) + ' '.repeat(100_000));
    });
    const { upstream } = openTestUpstream(web.url, { quota: launchLibrary.quota });
    t.after(upstream.close);
    assert.equal(await upstream.quota(never), null);
  });

  void it('is unknown, and no request is sent, if the source has no quota', async (t) => {
    const { asked, upstream } = await stage(t, {}, { quota: null });
    assert.equal(await upstream.quota(never), null);
    assert.deepEqual(asked(), []);
  });

  void it('is not read if the run is interrupted', async (t) => {
    const { upstream } = await stage(t);
    await assert.rejects(upstream.quota(AbortSignal.abort(new Error('stopped'))), { message: 'stopped' });
  });
});

void describe('a 429 from a source with a quota', () => {
  void it('delays the next attempt by its Retry-After, without reading the quota', async (t) => {
    const { asked, get, waits } = await stage(t, { requestsPerWindow: 1, windowSeconds: 90 });
    await get();
    await get();
    assert.deepEqual(asked(), ['/launches/ 200', '/launches/ 429', '/launches/ 200']);
    assert.deepEqual(waits, [90_000]);
  });

  void it('delays the next attempt until the quota is available again if there is no Retry-After', async (t) => {
    const options = { requestsPerWindow: 1, windowSeconds: 90, retryAfter: false };
    const { asked, get, waits } = await stage(t, options);
    await get();
    await get();
    assert.deepEqual(asked(), ['/launches/ 200', '/launches/ 429', '/api-throttle/ 200', '/launches/ 200']);
    assert.deepEqual(waits, [90_000]);
  });

  for (const retryAfter of [true, false]) {
    void it(`ends the pull with the retry time, and suggests a token, ${retryAfter ? 'with' : 'without'} Retry-After`, async (t) => {
      const { get, pass, waits } = await stage(t, { requestsPerWindow: 1, retryAfter });
      await get();
      pass(60_000);
      const error = await refusal(get());
      const { hint, message, retryAt } = error;
      assert.match(
        message,
        /it responded with 429 .* and asked for a retry at 2026-03-01T00:59:5\d\.|01:00:00/,
      );
      assert.ok(Math.abs((retryAt?.getTime() ?? 0) - NOW - 3_600_000) < 2000, retryAt?.toISOString());
      assert.equal(hint, `Start the run again after that time, or set ${SETTING} for more requests.`);
      assert.deepEqual(waits, []);
    });
  }

  void it('provides the retry time even on the last attempt', async (t) => {
    const { get } = await stage(t, { requestsPerWindow: 1 }, { maxAttempts: 1 });
    await get();
    assert.ok((await refusal(get())).retryAt !== undefined);
  });

  void it('is never retried if the retry time is unknown', async (t) => {
    const { asked, get, waits } = await stage(t, {
      requestsPerWindow: 1,
      retryAfter: false,
      faults: 'status=500@api-throttle',
    });
    await get();
    const { hint, retryAt } = await refusal(get());
    assert.equal(asked().filter((request) => request === '/launches/ 429').length, 1);
    assert.deepEqual([retryAt, waits], [undefined, []]);
    assert.equal(hint, `Try again later, or set ${SETTING} for more requests.`);
  });
});

void describe('a token', () => {
  void it('is sent with each request, including the quota request', async (t) => {
    const { get, upstream } = await stage(t, {}, { auth: auth(TOKEN) });
    await get();
    assert.deepEqual(await upstream.quota(never), { left: 299, limit: 300, seconds: 3600, nextSeconds: 0 });
  });

  void it('is not suggested if one is configured', async (t) => {
    const { get } = await stage(t, { tokenRequestsPerWindow: 1 }, { auth: auth(TOKEN) });
    await get();
    const { hint } = await refusal(get());
    assert.equal(hint, 'Start the run again after that time, or raise maxRetryAfterSeconds (currently 120).');
  });

  void it('is hidden in echoed responses and in the log', async (t) => {
    const forms = [TOKEN, encodeURIComponent(TOKEN)];
    const web = await serve(t, (request, response) => {
      assert.equal(request.headers.authorization, `Token ${TOKEN}`);
      response.writeHead(401, { ...JSON_TYPE, 'x-token': TOKEN });
      response.end(JSON.stringify({ detail: `Invalid token ${TOKEN}`, link: `/?token=${forms[1]}` }));
    });
    const { lines, upstream } = openTestUpstream(web.url, { auth: auth(TOKEN) });
    t.after(upstream.close);
    const tries = upstream.open({ resource: 'x', path: '/x', kept: null, ...unobserved }, never);
    const { hint, message } = await refusal(tries.next());
    const said = JSON.stringify([message, lines, tries.end()]);
    assert.match(message, /it responded with 401 .*Invalid token \*\*\*/);
    assert.equal(hint, `Check ${SETTING}.`);
    for (const form of [...forms, JSON.stringify(TOKEN).slice(1, -1)]) assert.ok(!said.includes(form), said);
  });

  void it('replaces a login in the base URL', async (t) => {
    const web = await serve(t, (_, response) => response.writeHead(200, JSON_TYPE).end('[]'));
    const { upstream } = openTestUpstream(web.url.replace('//', '//me:password@'), { auth: auth(TOKEN) });
    t.after(upstream.close);
    await upstream.open({ resource: 'x', path: '/x', kept: null, ...unobserved }, never).next();
    assert.equal(web.requests[0]?.headers.authorization, `Token ${TOKEN}`);
  });

  void it('is not sent to a different host or port after a redirect', async (t) => {
    const other = await startWeb((_, response) => response.end('[]'));
    t.after(other.close);
    for (const host of ['localhost', TEST_HOST]) {
      const web = await serve(t, (_, response) =>
        response.writeHead(302, { location: `http://${host}:${other.port}/x` }).end(),
      );
      const { upstream } = openTestUpstream(web.url, { auth: auth(TOKEN) });
      t.after(upstream.close);
      await refusal(upstream.open({ resource: 'x', path: '/x', kept: null, ...unobserved }, never).next());
    }
    assert.equal(other.requests.length, 0);
  });
});
