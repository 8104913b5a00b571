import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { readContents } from '../src/adapters/postgres/merge.ts';
import { openServer } from '../src/adapters/postgres/server.ts';
import type { Session } from '../src/adapters/postgres/session.ts';
import { columnList, ident, literal } from '../src/adapters/postgres/sql.ts';
import { PIPELINE_COLUMNS } from '../src/core/table.ts';
import { textTable } from '../src/lib/text-table.ts';
import { startLaunchLibrary } from '../src/sandbox/launch-library/server.ts';
import launches from '../src/sources/launch-library/launches.ts';
import {
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../test/support/launch-library/changing-world.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { median } from './median.ts';

/**
 * Times polls for changes with tables of several sizes, each in its own process: after no change, after one change, and
 * after a hundred changes. Only a hundred launches are pulled; SQL adds the remaining rows and updates the ledger to
 * match. The sizes take turns. Usage: `npm run bench:polls -- [1000,… [rounds]]`.
 */

const CLI = resolve(import.meta.dirname, '../bin/spacex-pipeline');
const SIZES = (process.argv[2] ?? '1000,10000,100000,1000000').split(',').map(Number);
const ROUNDS = Number(process.argv[3] ?? 5);
const CHANGES = [0, 1, 100];
/** The number of polls, each of which adds a page to the chain, before the long chain is measured. */
const CHAIN = 50;
/** The number of runs that are added to the ledger before the long ledger is measured: three months' worth. */
const OLD_RUNS = 10_000;
const PULLED = 100;
const POLL_EVERY_MS = 30 * 60_000;

/** The setup for one size. By the stand-in's clock, its polls are half an hour apart. */
type Place = {
  readonly size: number;
  readonly schema: string;
  readonly poll: (changes: number) => Promise<Poll>;
  readonly close: () => Promise<void>;
};

type Poll = { readonly wall: number; readonly megabytes: number; readonly publish: number };

const folder = await mkdtemp(join(tmpdir(), 'bench-polls-'));
const server = await startPostgres({ durable: true, options: ['max_wal_size=4GB'] });
const samples = new Map<string, Poll[]>();
const longChain: Poll[] = [];
const longLedger: Poll[] = [];
const places: Place[] = [];
try {
  for (const size of SIZES) places.push(await openPlace(size));
  // The first poll in each place does not count, because it reads data that has not been cached yet.
  for (const { poll } of places) await poll(1);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const changes of CHANGES) {
      for (const { poll, size } of places) {
        const key = `${changes} of ${size}`;
        samples.set(key, [...(samples.get(key) ?? []), await poll(changes)]);
      }
    }
  }
  for (const { poll, schema } of places.slice(0, 1)) {
    for (let page = 0; page < CHAIN; page += 1) await poll(1);
    for (let round = 0; round < ROUNDS; round += 1) longChain.push(await poll(0));
    await withSession(schema, seedRuns);
    for (let round = 0; round < ROUNDS; round += 1) longLedger.push(await poll(0));
  }
} finally {
  for (const { close } of places) await close();
  await server.remove();
  await rm(folder, { recursive: true });
}
report();

async function openPlace(size: number): Promise<Place> {
  const schema = `polls_${size}`;
  const records = simulatedLaunches(PULLED);
  const world = createChangingWorld(records);
  let now = Date.now() - 5 * 24 * 3_600_000;
  const library = await startLaunchLibrary({ world, clock: { now: () => now }, requestsPerWindow: 1e6 });
  const data = join(folder, schema);
  const args = ['run', '--source', 'launch-library', '--from', library.baseUrl, '--data-dir', data];
  args.push('--schema', schema, '--database-url', server.url, '--migrate', '--json');
  await timed(args);
  await withSession(schema, (session) => seed(session, size));
  return {
    size,
    schema,
    async poll(changes) {
      now += POLL_EVERY_MS;
      // The changes are dated after the overlap with the previous poll.
      const changed = records.slice(0, changes);
      world.put(
        ...changed.map((record) => updatedAt(record, now - POLL_EVERY_MS / 2, { hashtag: `at ${now}` })),
      );
      const { document, wall } = await timed(args);
      const { received, pass } = document.resources.launches;
      if (received !== changes || pass !== 'changes')
        throw new Error(
          `Cannot time a poll: expected a changes pass with ${changes} records, found a ${pass} pass with ${received}`,
        );
      const manifest = JSON.parse(await readFile(join(document.run_dir, 'run.json'), 'utf8')) as {
        readonly peak_rss_bytes: number;
        readonly publish_seconds: number;
      };
      return { wall, megabytes: manifest.peak_rss_bytes / 1e6, publish: manifest.publish_seconds };
    },
    close: () => library.close(),
  };
}

async function withSession(schema: string, work: (session: Session) => Promise<void>): Promise<void> {
  const database = openServer({ url: server.url, schema });
  const session = await database.connect();
  try {
    await work(session);
    await session.query('ANALYZE');
  } finally {
    await session.close();
    await database.close();
  }
}

/** Multiplies the pulled rows, so that the tables and the ledger look as if a full pull had loaded `size` records. */
async function seed(session: Session, size: number): Promise<void> {
  await session.query(`CREATE TEMP TABLE copies AS SELECT id, n, gen_random_uuid()::text AS copy
    FROM launches, generate_series(2, ${size / PULLED}) n`);
  for (const { columns, name, owner } of launches.tables) {
    const rest = [...Object.keys(columns), ...Object.keys(PIPELINE_COLUMNS)].filter(
      (column) => column !== owner,
    );
    await session.query(`INSERT INTO ${ident(name)} (${columnList([owner, ...rest])})
      SELECT c.copy, ${columnList(rest, 't')} FROM ${ident(name)} t JOIN copies c ON c.id = t.${ident(owner)}`);
  }
  await session.query(`INSERT INTO newest_records SELECT r.resource, c.copy, r.sha256
    FROM newest_records r JOIN copies c ON c.id = r.record_id`);
  await seedLedger(session);
}

/** Adds published runs that are older than all existing ones, each a full pull of one page. */
async function seedRuns(session: Session): Promise<void> {
  const id = `'00000000-0000-7000-8000-' || lpad(n::text, 12, '0')`;
  for (const table of ['runs', 'run_resources', 'run_pages', 'run_tables']) {
    await session.query(`INSERT INTO ${table}
      SELECT (jsonb_populate_record(t, jsonb_build_object('run_id', ${id}, 'chain_run_id', ${id}))).*
      FROM ${table} t, generate_series(1, ${OLD_RUNS}) n WHERE t.run_id = (SELECT min(run_id) FROM runs)`);
  }
}

async function seedLedger(session: Session): Promise<void> {
  const contents = await readContents(session, launches.tables);
  for (const [name, { digest, live }] of Object.entries(contents)) {
    await session.query(`UPDATE run_tables SET staged = ${live}, unchanged = ${live}, inserted = 0,
      live_before = ${live}, live_after = ${live}, digest = ${literal(digest)} WHERE table_name = ${literal(name)}`);
  }
}

type Document = {
  readonly run_dir: string;
  readonly resources: { readonly launches: { readonly received: number; readonly pass: string } };
};

async function timed(
  args: readonly string[],
): Promise<{ readonly document: Document; readonly wall: number }> {
  const started = performance.now();
  const env = { ...process.env, SPACEX_PIPELINE_LAUNCH_LIBRARY_PROVIDER: 'all' };
  const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  const wall = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`Cannot time a poll: exit code ${code}\n${errors}`);
  return { document: JSON.parse(output) as Document, wall };
}

function report(): void {
  const smallest = SIZES[0] ?? PULLED;
  const rows = CHANGES.flatMap((changes) => {
    const few = samples.get(`${changes} of ${smallest}`) ?? [];
    return SIZES.map((size) => {
      const polls = samples.get(`${changes} of ${size}`) ?? [];
      return rowOf(`${changes} of ${size.toLocaleString('en')}`, polls, few);
    });
  });
  const nothing = samples.get(`0 of ${smallest}`) ?? [];
  const few = `0 of ${smallest.toLocaleString('en')}, after ${CHAIN} more pages`;
  rows.push(rowOf(few, longChain, nothing));
  rows.push(rowOf(`${few}, and ${OLD_RUNS.toLocaleString('en')} runs`, longLedger, nothing));
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  process.stdout.write(`${machine}; medians of ${ROUNDS} polls; source and database on the same machine\n\n`);
  process.stdout.write(textTable(['changed', 'wall s', '× smallest', 'publish s', 'peak MB'], rows));
  process.stdout.write(
    '\nTimes are for whole processes, from start to exit. Not measured: a network, a database on another machine.\n',
  );
}

function rowOf(name: string, polls: readonly Poll[], smallest: readonly Poll[]) {
  const of = (all: readonly Poll[], what: keyof Poll): number => median(all.map((poll) => poll[what]));
  const wall = of(polls, 'wall');
  const times = wall / of(smallest, 'wall');
  return [
    name,
    ...[wall, times, of(polls, 'publish')].map((n) => n.toFixed(2)),
    Math.round(of(polls, 'megabytes')),
  ];
}
