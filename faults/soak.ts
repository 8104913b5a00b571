import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { withDatabase } from '../src/app/database.ts';
import { openLog } from '../src/app/log.ts';
import { openWorker } from '../src/app/jobs/worker.ts';
import { openRuntime } from '../src/app/runtime.ts';
import { forSource } from '../src/config/for-source.ts';
import { readJobs } from '../src/config/jobs.ts';
import { loadConfig } from '../src/config/load.ts';
import { systemClock } from '../src/lib/clock.ts';
import { sources } from '../src/sources/index.ts';
import { startPostgres } from '../test/support/postgres.ts';

/**
 * Usage: `npm run soak [-- --runs 200 --embedded]`. Runs jobs one after another in one process, against APIs that fail
 * in many ways. After each tenth of the runs, measures memory, handles, connections, disk space, the ledger and the
 * queue. Exits 1 if any of these except disk space keeps growing, or if the books do not balance.
 */
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '200' }, embedded: { type: 'boolean', default: false } },
});
const runs = Number(values.runs);

/** The sandbox options for each job's API. */
const WORLDS: Readonly<Record<string, readonly string[]>> = {
  early: ['--revision', '1'],
  late: ['--revision', '3'],
  same: ['--revision', '3'],
  bad: ['--revision', '2', '--faults', 'bad=0.02'],
  hopeless: ['--revision', '2', '--faults', 'bad=0.5'],
  broken: ['--revision', '2', '--faults', 'status=500@launches'],
  cut: ['--revision', '1', '--faults', 'truncate@launches'],
};

const closers: (() => Promise<unknown>)[] = [];
const from: Record<string, string> = {};
for (const [name, flags] of Object.entries(WORLDS)) from[name] = await startSandbox(flags);
from['flaky'] = await startFlaky(from['late'] ?? '');

const folder = mkdtempSync(path.join(tmpdir(), 'soak-'));
closers.push(async () => rmSync(folder, { recursive: true, force: true }));
let url: string | null = null;
if (!values.embedded) {
  const server = await startPostgres();
  closers.unshift(() => server.remove());
  ({ url } = server);
}
const file = path.join(folder, 'spacex-pipeline.config.json');
const [source] = sources;
writeFileSync(
  file,
  JSON.stringify({
    database: { url },
    retention: { publishedRuns: 5 },
    jobs: Object.fromEntries(
      Object.entries(from).map(([name, address]) => [
        name,
        { from: address, schedule: null, retries: { limit: 1, delaySeconds: 0 } },
      ]),
    ),
    sources: {
      [source.name]: {
        backoffBaseSeconds: 0.001,
        backoffCapSeconds: 0.01,
        maxAttempts: 5,
        requestsPerSecond: 1000,
        burst: 100,
      },
    },
  }),
);

const whole = await loadConfig({ env: {}, cwd: folder });
const loaded = forSource(whole, source);
const { signal } = new AbortController();
const runtime = openRuntime({ signal });
const log = openLog({ level: 'silent', format: 'json', write: () => undefined });
const deps = { runtime, clock: systemClock, log, signal, urlFrom: whole.urlFrom };
const waiting = new Map<string, (status: string) => void>();
const worker = await openWorker(
  {
    whole,
    jobs: await readJobs(whole),
    migrate: true,
    starting: signal,
    subscribers: [],
    onJob(event) {
      if (event.type === 'job.ended' && event.again_at === null) waiting.get(event.job)?.(event.status);
    },
  },
  deps,
);
await worker.start();

type Sample = {
  readonly runs: number;
  readonly rss_mb: number;
  readonly heap_mb: number;
  readonly handles: number;
  readonly disk_mb: number;
  readonly folders: number;
  readonly ledger_kb: number;
  readonly queue_kb: number;
  readonly connections: number;
};

const samples: Sample[] = [];
const ends = new Map<string, number>();
const names = Object.keys(from);
const began = performance.now();
for (let run = 1; run <= runs; run += 1) {
  const name = names[(run - 1) % names.length] ?? '';
  const ended = new Promise<string>((resolve) => waiting.set(name, resolve));
  await worker.run(name);
  const key = `${name} ${await ended}`;
  ends.set(key, (ends.get(key) ?? 0) + 1);
  if (run % Math.max(1, Math.floor(runs / 10)) === 0) samples.push(await sample(run));
}
const seconds = (performance.now() - began) / 1000;
const losses = [...(await unbalanced()), ...growth(samples)];

process.stdout.write(
  `${runs} runs in ${seconds.toFixed(0)} s on ${values.embedded ? 'the embedded database' : 'a server'}\n`,
);
for (const [key, count] of [...ends].toSorted(([one], [other]) => (one < other ? -1 : 1)))
  process.stdout.write(`  ${key}: ${count}\n`);
for (const one of samples) process.stdout.write(`${JSON.stringify(one)}\n`);
for (const loss of losses) process.stdout.write(`LOST: ${loss}\n`);
await worker.stop(1000);
await runtime.close();
for (const close of closers) await close();
process.exit(losses.length === 0 ? 0 : 1);

/** Starts the sandbox in a separate process, so that its memory is not measured. */
async function startSandbox(flags: readonly string[]): Promise<string> {
  const program = path.join(import.meta.dirname, '..', 'bin', 'spacex-pipeline');
  const args = [program, 'sandbox', '--port', '0', ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  closers.push(async () => child.kill());
  const [line]: unknown[] = await once(createInterface({ input: child.stdout }), 'line');
  return /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))?.[0] ?? '';
}

/**
 * Starts a proxy that regularly responds with 503, breaks the connection or cuts the body off, and forwards all other
 * requests.
 */
async function startFlaky(target: string): Promise<string> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    if (requests % 5 === 0) response.writeHead(503).end();
    else if (requests % 7 === 0) response.destroy();
    else void pass(target + (request.url ?? ''), response, requests % 11 === 0);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function pass(address: string, response: ServerResponse, cut: boolean): Promise<void> {
  const found = await fetch(address, { headers: { 'accept-encoding': 'identity' } });
  const body = Buffer.from(await found.arrayBuffer());
  const {
    'transfer-encoding': _chunked,
    connection: _connection,
    ...headers
  } = Object.fromEntries(found.headers);
  response.writeHead(found.status, { ...headers, 'content-length': body.length });
  if (cut) response.write(body.subarray(0, body.length / 2), () => response.destroy());
  else response.end(body);
}

async function sample(run: number): Promise<Sample> {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const [sizes] = await rows<{ ledger: string; queue: string; connections: string }>(
    `SELECT coalesce(sum(pg_total_relation_size(c.oid)) FILTER (WHERE nspname LIKE '%\\_pipeline' AND relname <> 'tombstones'), 0) AS ledger,
       coalesce(sum(pg_total_relation_size(c.oid)) FILTER (WHERE nspname = '${whole.config.serve.queueSchema}'), 0) AS queue,
       (SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'spacex-pipeline%') AS connections
     FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r'`,
  );
  const runsDir = path.join(folder, 'data', 'runs');
  return {
    runs: run,
    rss_mb: Math.round(rss / 2 ** 20),
    heap_mb: Math.round(heapUsed / 2 ** 20),
    handles: process.getActiveResourcesInfo().length,
    disk_mb: Math.round(bytesIn(runsDir) / 2 ** 20),
    folders: readdirSync(runsDir).length,
    ledger_kb: Math.round(Number(sizes?.ledger) / 1024),
    queue_kb: Math.round(Number(sizes?.queue) / 1024),
    connections: Number(sizes?.connections),
  };
}

function rows<R extends Record<string, unknown>>(sql: string): Promise<R[]> {
  const options = { ...deps, dataDir: loaded.config.dataDir, what: 'soak', waitMs: 0 };
  return withDatabase(loaded.config, options, ({ session }) => session.rows<R>(sql));
}

/** Counts a file with several hard links only once. */
function bytesIn(dir: string): number {
  const seen = new Map<number, number>();
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const { ino, size } = statSync(path.join(dir, name));
    seen.set(ino, size);
  }
  return [...seen.values()].reduce((sum, size) => sum + size, 0);
}

async function unbalanced(): Promise<string[]> {
  const found = await rows<{ what: string }>(
    `SELECT format('records of %s in run %s', resource, run_id) AS what FROM run_resources
       WHERE status = 'succeeded' AND received <> validated + errored
     UNION ALL SELECT format('table %s in run %s', table_name, run_id) FROM run_tables
       WHERE live_before + inserted - deleted <> live_after OR staged <> inserted + updated + unchanged
     UNION ALL SELECT format('run %s is still running', run_id) FROM runs WHERE status = 'running'
     UNION ALL SELECT format('job %s is still running', job) FROM job_tries WHERE status = 'running'
     UNION ALL SELECT format('staging table %s is left', relname) FROM pg_class WHERE relname LIKE 'staging%' AND relkind = 'r'`,
  );
  return found.map(({ what }) => what);
}

/**
 * Returns everything that grows by more than the allowed amount in the second half of the runs. The ledger may grow
 * with each run; tombstones do not count.
 */
function growth(all: readonly Sample[]): string[] {
  const middle = all[Math.floor(all.length / 2) - 1];
  const last = all.at(-1);
  if (middle === undefined || last === undefined || all.length < 4) return [];
  const more = last.runs - middle.runs;
  return [
    ...(last.heap_mb > middle.heap_mb * 1.3 + 20
      ? [`heap grew from ${middle.heap_mb} to ${last.heap_mb} MB`]
      : []),
    ...(last.rss_mb > middle.rss_mb * 1.3 + 50
      ? [`memory grew from ${middle.rss_mb} to ${last.rss_mb} MB`]
      : []),
    ...(last.handles > middle.handles + 5 ? [`handles grew from ${middle.handles} to ${last.handles}`] : []),
    ...(last.connections > middle.connections + 1 ? [`connections grew to ${last.connections}`] : []),
    ...(last.ledger_kb > middle.ledger_kb + more * 40 ? [`the ledger grew by more than 40 kB per run`] : []),
    ...(last.queue_kb > middle.queue_kb * 1.5 + 500 ? [`the queue grew to ${last.queue_kb} kB`] : []),
  ];
}
