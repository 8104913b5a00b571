import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';

import type { HttpOptions } from '../../src/adapters/http/upstream.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { attemptsOf, fetchFrom, JSON_TYPE, openTestUpstream, serve } from '../support/http-upstream.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

/** A full second, because HTTP dates have no fractional seconds. */
const NOW = Date.UTC(2026, 0, 5, 7, 30);

type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string | string[]>> };

/** A source and a server in the same virtual time. Each path returns these responses in turn, then 200. */
async function stage(t: TestContext, answers: readonly Answer[], options: Partial<HttpOptions> = {}) {
  const { clock, during } = createVirtualClock(NOW);
  const asked: { readonly path: string; readonly at: number }[] = [];
  const web = await serve(t, (request, response) => {
    const path = request.url ?? '';
    const { status, headers } = answers[asked.filter((one) => one.path === path).length] ?? { status: 200 };
    asked.push({ path, at: clock.elapsed() });
    response.writeHead(status, { ...JSON_TYPE, ...headers }).end('[]');
  });
  const { upstream, lines } = openTestUpstream(web.url, {
    clock,
    random: () => 1,
    maxAttempts: 5,
    maxRetryAfterSeconds: 120,
    backoffBaseSeconds: 0.5,
    backoffCapSeconds: 30,
    ...options,
  });
  t.after(upstream.close);
  let ended = 0;
  /**
   * The log reports the start of each request. A request ends with a redirect, with the wait for the next
   * attempt, or with the end of its fetch.
   */
  const isBusy = (): boolean => {
    const begun = lines.filter(
      ({ level, message }) => level === 'debug' && message.startsWith('GET '),
    ).length;
    const over = lines.filter(({ message }) => /next attempt in|^redirected to/.test(message)).length;
    return begun > over + ended;
  };
  const whole = <T>(work: Promise<T>): Promise<T> =>
    work.finally(() => {
      ended += 1;
    });
  return {
    asked,
    lines,
    fetchAll: (paths: readonly string[]) =>
      during(
        Promise.all(paths.map((path) => whole(fetchFrom(upstream, { path }, async () => path)))),
        isBusy,
      ),
  };
}

void describe('the request budget', () => {
  void it('is shared by all resources, including retries and redirects', async (t) => {
    const answers = [{ status: 503 }, { status: 429, headers: { 'retry-after': '0' } }, { status: 500 }];
    const { asked, fetchAll } = await stage(t, answers, {
      requestsPerSecond: 4,
      backoffBaseSeconds: 0,
    });
    const fetched = await fetchAll(['/a', '/b', '/c', '/d', '/e']);
    assert.deepEqual(
      fetched.map(({ attempts }) => attempts.map(({ status }) => status)),
      Array.from({ length: 5 }, () => [503, 429, 500, 200]),
    );
    // No wait is longer than the wait for the budget, so the budget alone sets the pace: exactly four requests a
    // second.
    assert.deepEqual(
      asked.map(({ at }) => at),
      Array.from({ length: 20 }, (_, index) => index * 250),
    );
  });

  void it('is blocked for all resources after a 429, until its Retry-After has passed', async (t) => {
    const answers = [{ status: 429, headers: { 'retry-after': '7' } }];
    const { asked, fetchAll } = await stage(t, answers, { requestsPerSecond: 4 });
    await fetchAll(['/a', '/b', '/c']);
    // Each path receives one 429. No request is sent before the Retry-After of every 429 has passed, no matter
    // which path received it.
    const times = asked.map(({ at }) => at);
    assert.deepEqual(times, [0, 7000, 14_000, 21_000, 21_250, 21_500]);
  });

  void it('counts each redirect', async (t) => {
    const { asked, fetchAll } = await stage(t, [{ status: 302, headers: { location: '/z' } }], {
      requestsPerSecond: 2,
    });
    await fetchAll(['/a', '/b', '/c']);
    assert.deepEqual(
      asked.map(({ at, path }) => [path, at]),
      ['/a', '/b', '/c', '/z', '/z', '/z', '/z'].map((path, index) => [path, index * 500]),
    );
  });
});

const AFTER_90_SECONDS = 'Mon, 05 Jan 2026 07:31:30 GMT';
/** Seconds until the second attempt. If the header is not usable, this is the backoff delay. */
const WAITS: readonly (readonly [header: string | string[], seconds: number])[] = [
  ['7', 7],
  ['120', 120],
  ['2.5', 2.5],
  [AFTER_90_SECONDS, 90],
  ['Monday, 05-Jan-26 07:31:30 GMT', 90],
  ['0', 0.5],
  ['-7', 0.5],
  ['Mon, 05 Jan 2026 07:00:00 GMT', 0.5],
  ['soon', 0.5],
  ['', 0.5],
  ['7, 8', 8],
  [['8', '7'], 8],
  [['soon', '7', '-1'], 7],
  [[AFTER_90_SECONDS, '7'], 90],
];

void describe('Retry-After', { concurrency: 4 }, () => {
  for (const [header, seconds] of WAITS) {
    void it(`${JSON.stringify(header)} delays the retry by ${seconds} s`, async (t) => {
      const { asked, fetchAll, lines } = await stage(t, [
        { status: 503, headers: { 'retry-after': header } },
      ]);
      const [fetched] = await fetchAll(['/a']);
      assert.deepEqual(
        asked.map(({ at }) => at),
        [0, seconds * 1000],
      );
      assert.deepEqual(
        fetched?.attempts.map(({ status, wait_seconds }) => [status, wait_seconds]),
        [
          [503, seconds],
          [200, null],
        ],
      );
      const [{ fields, message } = assert.fail()] = lines.filter(({ level }) => level === 'warn');
      assert.match(
        message,
        /^Cannot get .*\/a: it responded with 503 \("\[\]"\); next attempt in \d+\.\d s$/,
      );
      const facts = { event: 'request.retried', run_id: 'r', source: 's', resource: 'x' };
      assert.deepEqual(fields, {
        ...facts,
        attempt: 1,
        status: 503,
        wait_seconds: seconds,
        elsewhere: false,
      });
    });
  }

  for (const [header, when] of [
    ['121', 'at 2026-01-05T07:32:01.000Z'],
    ['Mon, 05 Jan 2026 09:30:00 GMT', 'at 2026-01-05T09:30:00.000Z'],
    ['Fri, 31 Dec 2100 23:59:59 GMT', 'at 2100-12-31T23:59:59.000Z'],
    ['9'.repeat(12), 'after the year 9999'],
    ['9'.repeat(400), 'after the year 9999'],
  ] as const) {
    void it(`${header.slice(0, 40)} is too long, so the request fails immediately and reports when to retry`, async (t) => {
      const { asked, fetchAll, lines } = await stage(t, [
        { status: 429, headers: { 'retry-after': header } },
      ]);
      const error = await failureOf(fetchAll(['/a']));
      assert.ok(
        error.message.endsWith(`it responded with 429 ("[]") and asked for a retry ${when}`),
        error.message,
      );
      assert.equal(
        error.hint,
        'Start the run again after that time, or raise maxRetryAfterSeconds (currently 120).',
      );
      assert.equal(asked.length, 1);
      assert.deepEqual(waitsOf(error), [[429, null]]);
      assert.deepEqual(
        lines.filter(({ level }) => level === 'warn'),
        [],
      );
    });
  }
});

void describe('a request that fails on every attempt', () => {
  void it('reports each attempt with its reason and its delay, in the log and in the meta file', async (t) => {
    const all = Array.from({ length: 4 }, () => ({ status: 500 }));
    const { fetchAll, lines } = await stage(t, all, { maxAttempts: 4 });
    const error = await failureOf(fetchAll(['/a']));
    assert.match(error.message, /^Cannot get .*\/a: it responded with 500 \("\[\]"\) \(4 attempts\)$/);
    assert.deepEqual(waitsOf(error), [
      [500, 0.5],
      [500, 1],
      [500, 2],
      [500, null],
    ]);
    assert.deepEqual(
      lines
        .filter(({ level }) => level === 'warn')
        .map(({ fields }) => [fields['attempt'], fields['wait_seconds']]),
      [
        [1, 0.5],
        [2, 1],
        [3, 2],
      ],
    );
  });
});

async function failureOf(work: Promise<unknown>): Promise<PipelineError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof PipelineError) return error;
    throw error;
  }
  return assert.fail('the request did not fail');
}

function waitsOf(error: PipelineError): unknown[] {
  return attemptsOf(error).map(({ error: reason, status, wait_seconds }) => {
    assert.match(reason ?? '', /^Cannot get /);
    return [status, wait_seconds];
  });
}
