import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { Client } from 'pg';

import { startApi, type Api } from '../test/support/api.ts';
import type { CliResult, RunningCli } from '../test/support/cli.ts';
import { createWorkspace, QUICK_SOURCE, type Workspace } from '../test/support/workspace.ts';
import { booksLosses } from './books.ts';
import { PULLED } from './worlds.ts';

/** A command in the lab that takes longer than this has hung. */
const LIMIT_MS = 90_000;

/** A folder, a schema and an API that the real program works with. */
export type Place = {
  readonly workspace: Workspace;
  readonly api: Api;
  readonly url: string;
  readonly schema: string;
  readonly dataDir: string;
  /** Runs any number of statements over a separate connection; returns the rows of the last one. */
  readonly sql: <R>(text: string) => Promise<R[]>;
  /** `finished` rejects if the program hangs. */
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => RunningCli;
  readonly cli: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliResult>;
  readonly pull: (...args: readonly string[]) => Promise<CliResult>;
  readonly close: () => Promise<void>;
};

const PATIENT = { ...QUICK_SOURCE, headersTimeoutSeconds: 30, bodyTimeoutSeconds: 30 };

export async function openPlace(
  url: string,
  schema: string,
  settings: Readonly<Record<string, unknown>> = {},
  /** The URL with which the program connects. The lab itself connects to `url`, as a superuser. */
  programUrl: string = url,
): Promise<Place> {
  const workspace = createWorkspace({
    resources: PULLED,
    limits: { rejects: { count: 1_000_000, share: 1 }, vanished: { count: 1_000_000, share: 1 } },
    ...settings,
    source: { ...PATIENT, ...Object(settings['source']), schema },
    database: { url: programUrl, lockTimeoutSeconds: 1 },
  });
  const api = await startApi({}, { simulated: true });
  const start: Place['start'] = (args, env) => limited(workspace.start(args, env), args, LIMIT_MS);
  const cli: Place['cli'] = (args, env) => start(args, env).finished;
  return {
    workspace,
    api,
    url,
    schema,
    dataDir: path.join(workspace.folder, 'data'),
    sql: (text) => query(url, `SET search_path = ${schema}, ${schema}_pipeline; ${text}`),
    start,
    cli,
    pull: (...args) => cli(['run', '--migrate', '--source', api.url, ...args]),
    async close() {
      await api.close();
      workspace.remove();
    },
  };
}

/** Kills the program if it runs longer than the limit; `finished` then rejects. */
export function limited(running: RunningCli, args: readonly string[], limitMs: number): RunningCli {
  let hangs = false;
  const timer = setTimeout(() => {
    hangs = true;
    running.kill('SIGKILL');
  }, limitMs);
  const finished = running.finished.then((result) => {
    clearTimeout(timer);
    if (hangs) throw new Error(`${args.join(' ')} hangs: ${result.stderr.slice(-500)}`);
    return result;
  });
  finished.catch(() => undefined);
  return { ...running, finished };
}

export async function query<R>(url: string, text: string): Promise<R[]> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    statement_timeout: LIMIT_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const results: unknown = await client.query(text);
    return (
      (Array.isArray(results) ? (results as { rows: R[] }[]).at(-1) : (results as { rows: R[] }))?.rows ?? []
    );
  } finally {
    await client.end();
  }
}

/** Digests of a target's contents: one for its tables, and one for its open rejects. */
export type Digest = { readonly tables: string; readonly rejects: string };

/** The same responses always result in the same digest, whatever happens in between. */
export async function digest(place: Place): Promise<Digest> {
  const tables = await place.sql<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = '${place.schema}'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  const stamps = `'{_run_id,_first_run_id,_loaded_at,transformed_at_utc,transformed_at_date}'::text[]`;
  const lines = tables.map(
    ({ name }) => `SELECT '${name} ' || (to_jsonb(t) - ${stamps})::text AS line FROM "${name}" t`,
  );
  const rejects = `SELECT resource || ' ' || record_id || ' ' || fingerprint AS line FROM rejects WHERE status = 'open'`;
  const [row] = await place.sql<Digest>(
    `SELECT (${digestSql(lines.join(' UNION ALL '))}) AS tables, (${digestSql(rejects)}) AS rejects`,
  );
  return row ?? { tables: '', rejects: '' };
}

function digestSql(lines: string): string {
  return `SELECT count(*) || ' lines, ' || coalesce(md5(string_agg(line, chr(10) ORDER BY line)), '-') FROM (${lines}) lines`;
}

export async function mustSucceed(running: Promise<CliResult>): Promise<CliResult> {
  const result = await running;
  if (result.code !== 0) throw new Error(`exit ${result.code}: ${result.stderr.slice(-1000)}`);
  return result;
}

/** Waits until the server has noticed that the program has ended, and has closed the program's sessions. */
export async function untilGone(place: Place, pid: number): Promise<void> {
  const limit = performance.now() + LIMIT_MS / 3;
  const sql = `SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'spacex-pipeline % pid ${pid}'`;
  while ((await place.sql(sql)).length > 0) {
    if (performance.now() > limit) throw new Error('the server still has sessions from a dead program');
  }
}

/** Returns every promise that is still broken after recovery; the list is empty if the contents match `expected`. */
export async function losses(place: Place, expected: Digest): Promise<string[]> {
  const lost = await booksLosses(place);
  const found = await digest(place);
  for (const what of ['tables', 'rejects'] as const) {
    if (found[what] !== expected[what]) lost.push(`${what} contain ${found[what]}, not ${expected[what]}`);
  }
  return [...lost, ...(await rawLosses(place))];
}

type LedgerRaw = {
  readonly run_dir: string;
  readonly resource: string;
  /** Excludes repeated records. */
  readonly received: string;
  readonly path: string;
  readonly sha256: string;
};

/**
 * Checks that everything the newest published run received still exists: the raw bytes, and each record in either the
 * validated or the errored file.
 */
async function rawLosses(place: Place): Promise<string[]> {
  const lost: string[] = [];
  const found = await place.sql<LedgerRaw>(
    `SELECT run_dir, resource, (received - repeated)::text AS received, p.path, p.sha256
     FROM runs JOIN run_resources rr USING (run_id) JOIN run_pages p USING (run_id, resource)
     WHERE rr.status = 'succeeded' AND run_id =
       (SELECT run_id FROM runs WHERE status IN ('succeeded', 'partial') ORDER BY finished_at DESC LIMIT 1)`,
  );
  const [first] = found;
  if (first === undefined) return ['no run has been published'];
  for (const { path: file, received, resource, run_dir, sha256: expected } of found) {
    const bytes = readFileSync(path.join(run_dir, file));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== expected) lost.push(`raw file ${file} does not match its hash in the ledger`);
    const kept = countLines(run_dir, 'validated', resource) + countLines(run_dir, 'errored', resource);
    if (kept !== Number(received))
      lost.push(`${resource}: ${received} received, ${kept} in validated/ and errored/`);
  }
  const names = readdirSync(first.run_dir, { recursive: true, encoding: 'utf8' });
  lost.push(...names.filter((name) => name.endsWith('.tmp')).map((name) => `${name} is left in the folder`));
  return lost;
}

function countLines(folder: string, stage: string, name: string): number {
  return readFileSync(path.join(folder, stage, `${name}.ndjson`), 'utf8').split('\n').length - 1;
}
