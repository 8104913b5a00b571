import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, totalmem, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { textTable } from '../src/lib/text-table.ts';
import { startPostgres } from '../test/support/postgres.ts';

/**
 * Whole runs of the real program, from the sandbox over HTTP into a database, each a process of its own: first into
 * an empty schema, then once more with `--full`, so that everything is unchanged. Both databases take turns.
 */

const CLI = resolve(import.meta.dirname, '../bin/spacex-pipeline');
const SIZES = (process.argv[2] ?? '20500,205000').split(',').map(Number);
const ROUNDS = Number(process.argv[3] ?? 3);
const COLUMNS = [
  'wall s',
  'records/s',
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
  const sandbox = spawn(process.execPath, [CLI, 'sandbox', '--launches', String(size), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [chunk] = await once(sandbox.stdout, 'data');
    const { url } = JSON.parse(String(chunk)) as { readonly url: string };
    for (let round = 1; round <= ROUNDS; round += 1) {
      const schema = `bench_${size}_${round}`;
      const databases = { PostgreSQL: ['--database-url', server.url, '--migrate'], PGlite: [] };
      for (const [database, flags] of Object.entries(databases)) {
        const data = join(folder, `${schema}_${database}`);
        const args = [
          'run',
          '--resources',
          'launches',
          '--source',
          url,
          '--data-dir',
          data,
          '--schema',
          schema,
          '--full',
          '--json',
          ...flags,
        ];
        for (const turn of ['first', 'repeat']) {
          const row = await timed(args, size);
          const key = `${size.toLocaleString('en')} launches, ${database}, ${turn}`;
          samples.set(key, [...(samples.get(key) ?? []), row]);
        }
        await rm(data, { recursive: true });
      }
    }
  } finally {
    sandbox.kill();
  }
}

async function timed(args: readonly string[], size: number): Promise<number[]> {
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
  if (code !== 0) throw new Error(`Cannot bench: exit ${code}\n${errors}`);
  const { run_dir } = JSON.parse(output) as { readonly run_dir: string };
  const manifest = JSON.parse(await readFile(join(run_dir, 'run.json'), 'utf8')) as Manifest;
  const steps = Object.values(manifest.steps).at(-1) ?? {};
  const seconds = ['extract', 'validate', 'transform', 'load'].map((step) => steps[step]?.seconds ?? 0);
  return [wall, size / wall, manifest.peak_rss_bytes / 1e6, ...seconds, manifest.publish_seconds];
}

function report(): void {
  const rows = [...samples].map(([key, runs]) => [
    key,
    ...COLUMNS.map((_, index) => shown(median(runs, index), index)),
  ]);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  process.stdout.write(`${machine}; medians of ${ROUNDS} runs, sandbox and database on the same machine\n\n`);
  process.stdout.write(textTable(['run', ...COLUMNS], rows));
  process.stdout.write(
    '\nNot measured: a network, gzip (not used on loopback), other data. records/s is launches by wall time, start of the process included.\n',
  );
}

function median(runs: readonly (readonly number[])[], index: number): number {
  const sorted = runs.map((run) => run[index] ?? 0).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function shown(value: number, index: number): number {
  return index === 1 || index === 2 ? Math.round(value) : Number(value.toFixed(2));
}
