import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';

import type { ArchiveOptions } from '../../src/adapters/http/archive/open-archive.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { failureOf, openTestArchive, pullCopy } from '../support/archive.ts';
import { serve, unobserved } from '../support/http-upstream.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

/** The number of idle event loop turns before the clock advances. A response takes several turns to arrive. */
const QUIET_TURNS = 50;
const CAPTURED = { 'content-type': 'application/json', 'memento-datetime': 'Fri, 28 Nov 2025 03:42:23 GMT' };

/** With status 0, the server closes the connection without responding. */
type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

/** An archive in virtual time that sends these responses in turn, then captures, all without redirects. */
async function stage(t: TestContext, answers: readonly Answer[], options: Partial<ArchiveOptions> = {}) {
  const { clock, during } = createVirtualClock(Date.UTC(2026, 0, 5));
  const asked: { readonly name: string; readonly at: number }[] = [];
  let open = 0;
  let most = 0;
  let quiet = 0;
  const web = await serve(t, (request, response, number) => {
    quiet = 0;
    open += 1;
    most = Math.max(most, open);
    asked.push({ name: request.url?.split('/').at(-1) ?? '', at: clock.elapsed() });
    response.on('close', () => {
      quiet = 0;
      open -= 1;
    });
    const { headers = {}, status } = answers[number - 1] ?? { status: 200, headers: CAPTURED };
    if (status === 0) response.destroy();
    else response.writeHead(status, headers).end('[]');
  });
  const { upstream, lines } = openTestArchive(
    { archiveUrl: `${web.url}/web/20260605000000id_/https://api.spacexdata.com`, recordingsUrl: web.url },
    {
      clock,
      pacing: spacex.archive?.pacing ?? assert.fail(),
      random: () => 1,
      maxAttempts: 5,
      backoffBaseSeconds: 0.5,
      backoffCapSeconds: 30,
      maxRetryAfterSeconds: 120,
      copies: Object.fromEntries(NAMES.map((name) => [name, [{ kind: 'capture' }]])),
      ...options,
    },
  );
  t.after(upstream.close);
  const isBusy = (): boolean => open > 0 || (quiet += 1) < QUIET_TURNS;
  return {
    asked: () => asked.map(({ at, name }) => [name, at / 1000]),
    most: () => most,
    lines,
    pull: (names: readonly string[]) =>
      during(Promise.all(names.map((name) => pullCopy(upstream, name))), isBusy),
    fail: (names: readonly string[]) =>
      during(Promise.all(names.map((name) => failureOf(pullCopy(upstream, name)))), isBusy),
  };
}

const NAMES = ['launches', 'rockets', 'crew', 'ships', 'cores'];

void describe('the archive', () => {
  void it('receives one request at a time, one per second', async (t) => {
    const { asked, most, pull } = await stage(t, []);
    await pull(NAMES);
    assert.deepEqual(
      asked(),
      NAMES.map((name, second) => [name, second]),
    );
    assert.equal(most(), 1);
  });

  void it('is retried after growing delays', async (t) => {
    const { asked, pull } = await stage(t, [{ status: 503 }, { status: 503 }, { status: 503 }]);
    await pull(['launches']);
    // The delays are 0.5, 1 and 2 s, but requests are always at least a second apart.
    assert.deepEqual(asked(), [
      ['launches', 0],
      ['launches', 1],
      ['launches', 2],
      ['launches', 4],
    ]);
  });

  void it('is retried after the delay that it asks for', async (t) => {
    const { asked, pull } = await stage(t, [{ status: 503, headers: { 'retry-after': '7' } }]);
    await pull(['launches']);
    assert.deepEqual(asked(), [
      ['launches', 0],
      ['launches', 7],
    ]);
  });

  for (const [header, seconds] of [
    [undefined, 60],
    ['7', 60],
    ['90', 90],
    ['soon', 60],
  ] as const) {
    void it(`receives no request for ${seconds} s after a 429 with Retry-After: ${header ?? 'none'}`, async (t) => {
      const headers = header === undefined ? {} : { 'retry-after': header };
      const { asked, lines, pull } = await stage(t, [{ status: 429, headers }]);
      await pull(['launches', 'rockets', 'crew']);
      const times = asked().map(([, at]) => at);
      assert.deepEqual(times, [0, seconds, seconds + 1, seconds + 2]);
      const warnings = lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0] ?? '',
        new RegExp(String.raw`it responded with 429 \(too many requests\); next attempt in ${seconds}\.0 s$`),
      );
    });
  }

  void it('receives no further requests after a second 429 in a row, and every resource fails', async (t) => {
    const { asked, fail } = await stage(t, [{ status: 429 }, { status: 429 }]);
    const failures = await fail(['launches', 'rockets', 'crew']);
    assert.deepEqual(
      asked().map(([, at]) => at),
      [0, 60],
    );
    for (const { error, isAbsent } of failures) {
      assert.equal(isAbsent, false);
      assert.match(error.message, /it responded with 429 \(too many requests\), twice in a row/);
      assert.equal(error.hint, 'Try again in an hour.');
    }
  });

  void it('is retried after each 429 that does not directly follow another 429', async (t) => {
    const fine = { status: 200, headers: CAPTURED };
    const { asked, pull } = await stage(t, [{ status: 429 }, fine, { status: 429 }, fine]);
    await pull(['launches', 'rockets', 'crew']);
    assert.deepEqual(
      asked().map(([, at]) => at),
      [0, 60, 61, 121, 122],
    );
  });

  void it('receives no further requests after a 429 whose Retry-After is too long', async (t) => {
    const { asked, fail } = await stage(t, [{ status: 429, headers: { 'retry-after': '121' } }]);
    const failures = await fail(['launches', 'rockets']);
    assert.equal(asked().length, 1);
    for (const { error } of failures)
      assert.match(
        error.message,
        /it responded with 429 \(too many requests\) and requested a wait of 121 s/,
      );
  });

  void it('receives no further requests after 15 s without a response, and every resource fails', async (t) => {
    const { asked, fail } = await stage(
      t,
      Array.from({ length: 30 }, () => ({ status: 0 })),
    );
    const failures = await fail(NAMES);
    const times = asked().map(([, at]) => Number(at));
    // Five attempts for each of the five resources would take 24 s.
    assert.ok(Math.max(...times) <= 16, times.join());
    for (const { error, isAbsent } of failures) {
      assert.equal(isAbsent, false);
      assert.match(error.message, /the connection was closed before the response was complete/);
      assert.match(error.hint ?? '', /^Check the network/);
    }
  });

  void it('receives requests as usual after a captured 429', async (t) => {
    const { asked, fail } = await stage(t, [{ status: 429, headers: CAPTURED }, { status: 200 }]);
    const [failure] = await fail(['launches']);
    assert.match(failure?.error.message ?? '', /it is a capture of an error response \(429\)/);
    // The index is queried a second later.
    assert.deepEqual(
      asked().map(([, at]) => at),
      [0, 1],
    );
  });
});

void describe('a response from the archive', () => {
  void it('is requested again if it does not arrive before the timeout', async (t) => {
    const web = await serve(t, (_, response, number) => {
      if (number > 1) response.writeHead(200, CAPTURED).end('[]');
    });
    const archiveUrl = `${web.url}/web/20260605000000id_/https://api.spacexdata.com`;
    const { upstream } = openTestArchive({ archiveUrl }, { headersTimeoutSeconds: 0.2 });
    t.after(upstream.close);
    const { attempts } = await pullCopy(upstream, 'launches');
    assert.match(attempts[0]?.error ?? '', /: no response arrived in time$/);
    assert.equal(attempts.length, 2);
    assert.equal(spacex.archive?.headersTimeoutSeconds, 60);
  });

  void it('is no longer awaited after the run is interrupted', async (t) => {
    const asked = Promise.withResolvers<void>();
    const web = await serve(t, () => asked.resolve());
    const archiveUrl = `${web.url}/web/20260605000000id_/https://api.spacexdata.com`;
    const { lines, upstream } = openTestArchive({ archiveUrl });
    t.after(upstream.close);
    const stopping = new AbortController();
    const pulls = ['launches', 'rockets'].map((name) => pullCopy(upstream, name, null, stopping.signal));
    await asked.promise;
    stopping.abort(new Error('stopped'));
    for (const pull of pulls) await assert.rejects(pull, { message: 'stopped' });
    assert.deepEqual(
      lines.filter(({ level }) => level === 'warn'),
      [],
    );
  });

  void it('does not block other requests if its body is never read', async (t) => {
    const web = await serve(t, (_, response) => response.writeHead(200, CAPTURED).end('[]'));
    const archiveUrl = `${web.url}/web/20260605000000id_/https://api.spacexdata.com`;
    const { upstream } = openTestArchive({ archiveUrl });
    t.after(upstream.close);
    const request = { resource: 'launches', path: '/v5/launches', kept: null, ...unobserved };
    const tries = upstream.open(request, new AbortController().signal);
    await tries.next();
    const other = pullCopy(upstream, 'rockets');
    tries.end();
    assert.equal((await other).body, '[]');
  });
});
