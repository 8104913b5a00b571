import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import packageJson from '../../package.json' with { type: 'json' };
import type { Attempt } from '../../src/core/ports.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { LAUNCHES, ROCKETS, sandboxReplies, startApi } from '../support/api.ts';
import { TEST_HOST } from '../support/offline.ts';
import {
  assertFailure,
  createTestServer,
  QUICK_SOURCE,
  readJson,
  readText,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

let server: TestServer;
before(async () => {
  server = await createTestServer();
});
after(() => server.close());

const SHORT = { ...QUICK_SOURCE, maxAttempts: 2, headersTimeoutSeconds: 0.3, bodyTimeoutSeconds: 0.3 };
const SEED = 3;
const ROWS =
  'SELECT id, name, _run_id FROM launches UNION ALL SELECT id, name, _run_id FROM rockets ORDER BY 1';

type Meta = { readonly status: number | null; readonly attempts: readonly Attempt[] };
type Case = {
  readonly faults: string;
  /** The status of each attempt; null for no response. */
  readonly tries: readonly (number | null)[];
  /** Undefined if the run eventually succeeds. */
  readonly failure?: { readonly code: number; readonly message: RegExp; readonly hint?: RegExp };
  /** How the stored body starts; undefined if no body is stored. */
  readonly kept?: RegExp;
};

const RECOVERED: readonly Case[] = [
  { faults: 'resetx1', tries: [200], kept: /^\[\{/ },
  { faults: '429=1@launchesx1', tries: [429, 200], kept: /^\[\{/ },
  { faults: 'status=503@launchesx1', tries: [503, 200], kept: /^\[\{/ },
  { faults: 'reset@launchesx1', tries: [null, 200], kept: /^\[\{/ },
  { faults: 'reset-body=70000@launchesx1', tries: [200, 200], kept: /^\[\{/ },
  { faults: 'truncate=70000@launchesx1', tries: [200, 200], kept: /^\[\{/ },
  { faults: 'truncate=0@launchesx1', tries: [200, 200], kept: /^\[\{/ },
  { faults: 'html@launchesx1', tries: [200, 200], kept: /^\[\{/ },
];

const FINAL: readonly Case[] = [
  {
    faults: 'status=404@launches',
    tries: [404],
    failure: { code: 3, message: /responded with 404 \("Not Found"\)/ },
  },
  { faults: 'status=500@launches', tries: [500, 500], failure: { code: 3, message: /500.*\(2 attempts\)/ } },
  {
    faults: '429=3600@launches',
    tries: [429],
    failure: { code: 3, message: /responded with 429.*asked for a retry at 2/ },
  },
  {
    faults: 'challenge@launches',
    tries: [403],
    failure: { code: 3, message: /403 \("<!DOCTYPE html>.*Just a moment/ },
  },
  { faults: 'reset@launches', tries: [null, null], failure: { code: 3, message: /\(2 attempts\)/ } },
  { faults: 'reset-body@launches', tries: [200, 200], failure: { code: 3, message: /\(2 attempts\)/ } },
];

const SPOILED: readonly Case[] = [
  {
    faults: 'truncate=5000@launches',
    tries: [200, 200],
    failure: {
      code: 3,
      message:
        /found the end at byte 5000: truncated after .*; the body starts with "\[\{.* \(2 attempts\)$/m,
      hint: /kept in raw.launches.0001\.json/,
    },
    kept: /^\[\{/,
  },
  {
    faults: 'html@launches',
    tries: [200, 200],
    failure: { code: 3, message: /text\/html.*instead of JSON.*"<!DOCTYPE html>.* \(2 attempts\)$/m },
    kept: /^<!DOCTYPE/,
  },
  {
    faults: 'wrong-type@launches',
    tries: [200],
    failure: { code: 3, message: /text\/plain.*instead of JSON.*"\[/ },
    kept: /^\[\{/,
  },
  {
    faults: 'object@launches',
    tries: [200],
    failure: { code: 3, message: /an array.*the body starts with "\{/ },
    kept: /^\{/,
  },
  {
    faults: 'empty@launches',
    tries: [200],
    failure: { code: 4, message: /empty collection/ },
    kept: /^\[\]$/,
  },
  {
    faults: 'stall@launches',
    tries: [200, 200],
    failure: { code: 3, message: /the body stopped arriving/ },
  },
  {
    faults: 'hang@launches',
    tries: [null, null],
    failure: { code: 3, message: /no response arrived in time/ },
  },
];

/** Pulls into tables that already have rows. The rows must stay, whatever goes wrong. */
async function check(workspace: ServerWorkspace, { faults, tries, failure, kept }: Case): Promise<void> {
  const sandbox = await startSandbox({ launches: 40, seed: SEED, faults });
  const held = await workspace.sql(ROWS);
  const result = await workspace.pull(['--source', sandbox.url]);
  await sandbox.close();
  const { report } = result;
  assert.deepEqual(await workspace.sql(ROWS), held);
  if (failure === undefined) {
    assert.equal(result.code, 0, result.stderr);
    assert.equal(report.resources['launches']?.unchanged, 40);
  } else {
    assertFailure(result, failure);
    assert.deepEqual([report.status, report.resources['launches']?.status], ['partial', 'failed']);
  }
  const folder = path.join(report.run_dir ?? '', 'raw', 'launches');
  const meta = readJson<Meta>(folder, '0001.meta.json');
  assert.deepEqual(
    meta.attempts.map(({ status }) => status),
    tries,
  );
  assert.equal(meta.status, tries.at(-1));
  assert.ok(
    meta.attempts.slice(0, -1).every(({ error, wait_seconds }) => error !== null && wait_seconds !== null),
  );
  assert.equal(meta.attempts.at(-1)?.wait_seconds, null);
  const requests = sandbox.requests().filter((one) => one.path === LAUNCHES && one.method === 'GET');
  assert.equal(requests.length, tries.length);
  const body = path.join(folder, '0001.json');
  assert.equal(existsSync(body), kept !== undefined);
  if (kept !== undefined) assert.match(readText(body), kept);
  const [last] = await workspace.sql<{ run_id: string; status: string }>(
    'SELECT run_id, status FROM runs ORDER BY run_id DESC LIMIT 1',
  );
  assert.deepEqual(last, { run_id: report.run_id, status: report.status });
}

void describe('a source that fails', { concurrency: 3 }, () => {
  for (const [name, cases] of Object.entries({
    recovers: RECOVERED,
    'does not recover': FINAL,
    'sends bad data': SPOILED,
  })) {
    void describe(`and ${name}`, { concurrency: 1 }, () => {
      let workspace: ServerWorkspace;
      before(async () => {
        workspace = server.workspace({ source: SHORT });
        const sandbox = await startSandbox({ launches: 40, seed: SEED });
        const { code, stderr } = await workspace.run(['run', '--migrate', '--source', sandbox.url]);
        await sandbox.close();
        assert.equal(code, 0, stderr);
      });
      for (const one of cases) void it(one.faults, () => check(workspace, one));
    });
  }
});

void describe('requests', { concurrency: 2 }, () => {
  void it('identify the program, and stay within the rate limit', async (t) => {
    const api = await startApi(await sandboxReplies({ launches: 5 }));
    t.after(api.close);
    const { run } = server.workspace({ source: { ...QUICK_SOURCE, requestsPerSecond: 4 } });
    const { code, stderr } = await run(['run', '--migrate', '--source', `${api.url}/`]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      api.requests.map(({ method, path: asked }) => `${method} ${asked}`),
      [`GET ${ROCKETS}`, `GET ${LAUNCHES}`],
    );
    for (const { headers } of api.requests) {
      assert.equal(headers['user-agent'], `spacex-pipeline/${packageJson.version}`);
    }
    const times = api.requests.map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    assert.ok(Math.min(...gaps) > 200, `gaps of ${gaps.join(', ')} ms`);
  });

  void it('accept compressed responses, which are stored decoded', async () => {
    const sandbox = await startSandbox({ launches: 40, seed: SEED });
    const { pull } = server.workspace();
    const elsewhere = sandbox.url.replace('127.0.0.1', TEST_HOST);
    const { code, report, stderr } = await pull(['--migrate', '--source', elsewhere]);
    assert.equal(code, 0, stderr);
    const plain = await fetch(sandbox.url + LAUNCHES, { headers: { 'accept-encoding': 'identity' } });
    const body = Buffer.from(await plain.arrayBuffer());
    await sandbox.close();
    const folder = path.join(report.run_dir ?? '', 'raw', 'launches');
    assert.ok(readFileSync(path.join(folder, '0001.json')).equals(body));
    const meta = readJson<Record<string, unknown>>(folder, '0001.meta.json');
    const sha256 = createHash('sha256').update(body).digest('hex');
    assert.deepEqual([meta['encoding'], meta['bytes'], meta['sha256']], ['gzip', body.length, sha256]);
    assert.deepEqual(meta['url'], elsewhere + LAUNCHES);
  });

  void it('download only resources that have changed', async (t) => {
    const replies = await sandboxReplies({ launches: 5 });
    const api = await startApi(replies);
    t.after(api.close);
    const { pull } = server.workspace();
    await pull(['--migrate', '--source', api.url]);
    api.set(LAUNCHES, {
      body: String(replies[LAUNCHES].body).replace('"flight_number":1,', '"flight_number":9,'),
    });
    const { report } = await pull(['--source', api.url]);
    assert.equal(report.resources['rockets']?.not_modified, true);
    assert.equal(report.resources['launches']?.not_modified, false);
    assert.deepEqual(
      [report.resources['launches']?.updated, report.resources['launches']?.unchanged],
      [1, 4],
    );
    const { report: full } = await pull(['--source', api.url, '--full']);
    assert.equal(full.resources['rockets']?.not_modified, false);
    assert.equal(api.requests.at(-1)?.headers['if-none-match'], undefined);
  });

  void it('are repeated if only half a body arrives, and none of that half remains', async () => {
    const bad = 'bad=0.05@launches';
    const outcomes = [];
    for (const faults of [bad, `${bad},truncate=70000@launchesx1`]) {
      const sandbox = await startSandbox({ launches: 80, seed: SEED, faults });
      const { pull, schema, sql } = server.workspace({ batchSize: 5 });
      const { code, report, stderr } = await pull(['--migrate', '--source', sandbox.url]);
      await sandbox.close();
      assert.equal(code, 0, stderr);
      assert.equal(/after 3\d whole records.*next attempt in/.test(stderr), faults !== bad);
      const { pages: _pages, seconds: _, ...counts } = report.resources['launches'] ?? assert.fail();
      const folder = report.run_dir ?? '';
      outcomes.push({
        counts,
        rejects: await sql('SELECT record_id, fingerprint, status FROM rejects ORDER BY 1, 2'),
        files: ['raw/launches/0001.json', 'validated/launches.ndjson', 'errored/launches.ndjson'].map(
          (file) =>
            createHash('sha256')
              .update(readFileSync(path.join(folder, file)))
              .digest('hex'),
        ),
        left: await sql(`SELECT tablename FROM pg_tables WHERE schemaname = '${schema}_pipeline' ORDER BY 1`),
      });
    }
    assert.equal(outcomes[0]?.counts.errored, 5);
    assert.deepEqual(outcomes[1], outcomes[0]);
  });

  void it('are retried only after the time in Retry-After', async () => {
    const sandbox = await startSandbox({ launches: 5, faults: '429=1@launchesx1' });
    const { pull } = server.workspace();
    const { report, stderr } = await pull(['--migrate', '--source', sandbox.url]);
    await sandbox.close();
    assert.match(stderr, /launches: it responded with 429 \("Too Many Requests"\); next attempt in 1\.0 s$/m);
    const meta = readJson<Meta>(report.run_dir ?? '', 'raw', 'launches', '0001.meta.json');
    assert.ok((meta.attempts[0]?.wait_seconds ?? 0) >= 1);
  });
});
