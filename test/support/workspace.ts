import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Client } from 'pg';

import type { ErrorReport } from '../../src/core/errors.ts';
import type { RunReport } from '../../src/core/run.ts';
import { sources } from '../../src/sources/index.ts';
import { canRunHere, runCli, runHere, startCli, type CliResult, type RunningCli } from './cli.ts';
import { createDatabase } from './postgres.ts';

/** With waits short enough for tests. */
export const QUICK_SOURCE = {
  backoffBaseSeconds: 0.01,
  backoffCapSeconds: 0.05,
  maxAttempts: 3,
  requestsPerSecond: 1000,
} as const;

/** As in the configuration file, but for `source` and `resources`, which are settings of the SpaceX source, and `others`. */
type Settings = Readonly<Record<string, unknown>>;

/** A folder in which a user works with the program. */
export type Workspace = {
  readonly folder: string;
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliResult>;
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => RunningCli;
  /** `run --json` and its document. */
  readonly pull: (args: readonly string[]) => Promise<CliResult & { readonly report: RunReport }>;
  /** A command with `--json` that must succeed, and its document. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what document it expects
  readonly json: <T>(args: readonly string[]) => Promise<T>;
  /** Replaces the configuration file. */
  readonly configure: (settings: Settings) => void;
  /** Every path below the folder, sorted. */
  readonly list: () => readonly string[];
  readonly remove: () => void;
};

/** Only for the first source: jobs of others would request services that no test can reach. */
const JOBS = { spacex: { source: 'spacex' } };

/**
 * Whether `run` spawns the program or calls it in the test's own process, which saves half a second. `start` always spawns
 * it, and so does a run with variables that Node or a library reads.
 */
type Where = { readonly spawned?: boolean };

/**
 * Pulls rockets and launches, and has the job of the first source, unless the settings say otherwise. Without settings
 * there is no configuration file.
 */
export function createWorkspace(settings: Settings | null = {}, { spawned = false }: Where = {}): Workspace {
  const folder = mkdtempSync(path.join(tmpdir(), 'test-cli-'));
  const run: Workspace['run'] = (args, env = {}) =>
    (spawned || !canRunHere(env) ? runCli : runHere)(args, { cwd: folder, env });
  const configure = (next: Settings): void => {
    const { others = {}, resources = ['rockets', 'launches'], source = QUICK_SOURCE, ...shared } = next;
    const all = { spacex: { resources, ...Object(source) }, ...Object(others) };
    const file = path.join(folder, 'spacex-pipeline.config.json');
    writeFileSync(file, JSON.stringify({ jobs: JOBS, ...shared, sources: all }));
  };
  if (settings !== null) configure(settings);
  return {
    folder,
    run,
    start: (args, env = {}) => startCli(args, { cwd: folder, env }),
    async pull(args) {
      const result = await run(['run', '--json', ...args]);
      const report: RunReport = parse(result);
      return { ...result, report };
    },
    async json(args) {
      const result = await run([...args, '--json']);
      assert.equal(result.code, 0, result.stderr);
      return parse(result);
    },
    configure,
    list: () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function parse(result: CliResult) {
  try {
    return JSON.parse(result.stdout);
  } catch (error) {
    throw new Error(`stdout is no JSON document: ${result.stdout}\n${result.stderr}`, { cause: error });
  }
}

/** A database for a test file, in which each test gets its own schema. */
export type TestServer = {
  readonly url: string;
  /** A workspace whose configuration names this database and a schema that nobody else uses. */
  readonly workspace: (settings?: Settings) => ServerWorkspace;
  readonly close: () => Promise<void>;
};

export type ServerWorkspace = Workspace & {
  readonly schema: string;
  /** Runs one statement, with `search_path` set as the program sets it. */
  readonly sql: <R>(text: string) => Promise<R[]>;
};

export async function createTestServer(where: Where = {}): Promise<TestServer> {
  const database = await createDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const made: Workspace[] = [];
  return {
    url: database.url,
    workspace(settings = {}) {
      const schema = `test_${made.length + 1}`;
      const workspace = createWorkspace({}, where);
      const configure = (next: Settings): void =>
        workspace.configure({
          ...next,
          source: { ...Object(next['source'] ?? QUICK_SOURCE), schema },
          others: { ...othersIn(schema), ...Object(next['others']) },
          database: { url: database.url },
        });
      configure(settings);
      made.push(workspace);
      return {
        ...workspace,
        configure,
        schema,
        async sql<R>(text: string) {
          // One message, one transaction: tests that run side by side share the connection.
          const place = `SET LOCAL search_path = ${schema}, ${schema}_pipeline`;
          const results: unknown = await client.query(`${place}; ${text}`);
          return (results as { rows: R[] }[]).at(-1)?.rows ?? [];
        },
      };
    },
    async close() {
      await client.end();
      await database.drop();
      for (const workspace of made) workspace.remove();
    },
  };
}

/** A schema for each source but the first, named after this one. */
function othersIn(schema: string): Settings {
  return Object.fromEntries(sources.slice(1).map((one) => [one.name, { schema: `${schema}_${one.schema}` }]));
}

/** Checks the two lines that end every failure, and the exit code. */
export function assertFailure(
  { code, stderr }: CliResult,
  expected: { readonly code: number; readonly message: RegExp; readonly hint?: RegExp },
): void {
  const [error, hint] = stderr.trimEnd().split('\n').slice(-2);
  assert.equal(code, expected.code, stderr);
  assert.match(error ?? '', /^error: Cannot /);
  assert.match(error ?? '', expected.message);
  assert.match(hint ?? '', /^hint: \S/);
  if (expected.hint !== undefined) assert.match(hint ?? '', expected.hint);
  assert.doesNotMatch(stderr, /^\s+at /m, 'no stack trace');
}

export function assertError(error: ErrorReport | null | undefined, code: string, message: RegExp): void {
  assert.equal(error?.code, code);
  assert.match(error.message, /^Cannot /);
  assert.match(error.message, message);
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what document it expects
export function readJson<T>(...parts: readonly string[]): T {
  return JSON.parse(readFileSync(path.join(...parts), 'utf8'));
}

export function readText(...parts: readonly string[]): string {
  return readFileSync(path.join(...parts), 'utf8');
}
