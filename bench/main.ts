import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, totalmem, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { buildDag } from '../src/engine/dag.ts';
import { textTable } from '../src/lib/text-table.ts';
import type { ResourceReport } from '../src/core/run.ts';
import spacex from '../src/sources/spacex/source.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { copyAlone } from './copy-alone.ts';
import { median } from './median.ts';
import { bodyFile } from './static-api.ts';

const { resources } = spacex;

/**
 * Times complete runs of the real program, from the sandbox's records over HTTP into a database, each in its own
 * process: first into an empty schema, then a second time with `--full`, which finds everything unchanged. PostgreSQL
 * and PGlite take turns. The sandbox's responses are stored in advance, so that the server only has to send them. For
 * comparison, also times PostgreSQL's COPY of the same rows. Usage: `npm run bench -- [launches,… [rounds
 * [resource]]]`. There are about five times as many satellites as launches.
 */

const CLI = resolve(import.meta.dirname, '../bin/spacex-pipeline');
const STATIC_API = resolve(import.meta.dirname, 'static-api.ts');
const SIZES = (process.argv[2] ?? '20500,205000').split(',').map(Number);
const ROUNDS = Number(process.argv[3] ?? 3);
const RESOURCE = process.argv[4] ?? 'launches';
const COLUMNS = [
  'wall s',
  'records/s',
  'rows/s',
  'peak MB',
  'extract s',
  'validate s',
  'transform s',
  'load s',
  'publish s',
];

type Manifest = {
  readonly peak_rss_bytes: number;
  readonly publish_seconds: number;
  readonly resources: Readonly<Record<string, ResourceReport>>;
  readonly steps: Readonly<Record<string, Readonly<Record<string, { readonly seconds: number }>>>>;
};

const folder = await mkdtemp(join(tmpdir(), 'bench-'));
const server = await startPostgres({ durable: true, options: ['max_wal_size=4GB'] });
const samples = new Map<string, number[][]>();
try {
  for (const size of SIZES) await benchSize(size);
} finally {
  await server.remove();
  await rm(folder, { recursive: true });
}
report();

async function benchSize(size: number): Promise<void> {
  const api = join(folder, `api_${size}`);
  await record(size, api);
  const serving = spawn(process.execPath, [STATIC_API, api], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = (await firstChunk(serving.stdout)).trim();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const schema = `bench_${size}_${round}`;
      const databases = { PostgreSQL: ['--database-url', server.url, '--migrate'], PGlite: [] };
      for (const [database, flags] of Object.entries(databases)) {
        const data = join(folder, `${schema}_${database}`);
        const from = ['--resources', RESOURCE, '--source', url, '--full'];
        const args = ['run', ...from, '--data-dir', data, '--schema', schema, '--json', ...flags];
        for (const turn of ['first', 'repeat']) {
          const { records, row, runDir } = await timed(args);
          const what = `${records.toLocaleString('en')} ${RESOURCE}, ${database}`;
          keep(`${what}, ${turn}`, row);
          if (database !== 'PostgreSQL' || turn !== 'first') continue;
          const alone = await copyAlone(server.url, schema, runDir);
          const rates = [alone.seconds, records / alone.seconds, alone.rows / alone.seconds];
          keep(`${what} alone, COPY of the rows`, rates);
        }
        await rm(data, { recursive: true });
      }
    }
  } finally {
    serving.kill();
    await rm(api, { recursive: true });
  }
}

function keep(key: string, row: number[]): void {
  samples.set(key, [...(samples.get(key) ?? []), row]);
}

/** Stores the sandbox's responses for the resource and for the resources that it needs. */
async function record(size: number, into: string): Promise<void> {
  await mkdir(into);
  const sandbox = spawn(process.execPath, [CLI, 'sandbox', '--launches', String(size), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const { url } = JSON.parse(await firstChunk(sandbox.stdout)) as { readonly url: string };
    for (const { path } of buildDag(resources, [RESOURCE]).resources) {
      const response = await fetch(`${url}${path}`);
      const kept = [...response.headers].filter(([name]) => /^(content-type|etag|spacex-)/.test(name));
      const file = bodyFile(into, path);
      await writeFile(`${file}.headers`, JSON.stringify(Object.fromEntries(kept)));
      await writeFile(file, response.body ?? '');
    }
  } finally {
    sandbox.kill();
  }
}

async function firstChunk(stream: Readable): Promise<string> {
  const [chunk] = await once(stream, 'data');
  return String(chunk);
}

async function timed(
  args: readonly string[],
): Promise<{ readonly records: number; readonly row: number[]; readonly runDir: string }> {
  const started = performance.now();
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SPACEX_PIPELINE_REQUESTS_PER_SECOND: '1000' },
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  const wall = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`Cannot time a run: exit code ${code}\n${errors}`);
  const { run_dir } = JSON.parse(output) as { readonly run_dir: string };
  const manifest = JSON.parse(await readFile(join(run_dir, 'run.json'), 'utf8')) as Manifest;
  const steps = manifest.steps[RESOURCE] ?? {};
  const seconds = ['extract', 'validate', 'transform', 'load'].map((step) => steps[step]?.seconds ?? 0);
  const tables = Object.values(manifest.resources).flatMap(({ tables: counts }) => Object.values(counts));
  const rows = tables.reduce((sum, { staged }) => sum + staged, 0);
  const records = manifest.resources[RESOURCE]?.received ?? 0;
  const row = [
    wall,
    records / wall,
    rows / wall,
    manifest.peak_rss_bytes / 1e6,
    ...seconds,
    manifest.publish_seconds,
  ];
  return { records, row, runDir: run_dir };
}

function report(): void {
  const rows = [...samples].map(([key, runs]) => [
    key,
    ...COLUMNS.map((_, index) => {
      const values = runs.flatMap((run) => run[index] ?? []);
      return values.length === 0 ? '' : shown(median(values), index);
    }),
  ]);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  process.stdout.write(`${machine}; medians of ${ROUNDS} runs; source and database on the same machine\n\n`);
  process.stdout.write(textTable(['run', ...COLUMNS], rows));
  process.stdout.write(
    `\nNot measured: a network, gzip (not used on loopback), other data. Rates are per second of wall time, including process startup: records/s counts ${RESOURCE}, rows/s counts the rows of all tables. "alone" is PostgreSQL’s own COPY of the same rows, straight into indexed tables, unchecked, in one transaction.\n`,
  );
}

function shown(value: number, index: number): number {
  return index >= 1 && index <= 3 ? Math.round(value) : Number(value.toFixed(2));
}
