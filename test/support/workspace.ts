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

/** Source settings with waits that are short enough for tests. */
export const QUICK_SOURCE = {
  backoffBaseSeconds: 0.01,
  backoffCapSeconds: 0.05,
  maxAttempts: 3,
  requestsPerSecond: 1000,
} as const;

/**
 * Settings as in the configuration file, except for `source` and `resources`, which apply to the SpaceX source, and
 * `others`, which apply to the other sources.
 */
type Settings = Readonly<Record<string, unknown>>;

/** A folder in which a user works with the program. */
export type Workspace = {
  readonly folder: string;
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliResult>;
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => RunningCli;
  /** Runs `run --json`, and parses its document. */
  readonly pull: (args: readonly string[]) => Promise<CliResult & { readonly report: RunReport }>;
  /** Runs a command with `--json` that must succeed, and returns its document. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what document it expects
  readonly json: <T>(args: readonly string[]) => Promise<T>;
  /** Replaces the configuration file. */
  readonly configure: (settings: Settings) => void;
  /** Every path below the folder, sorted. */
  readonly list: () => readonly string[];
  readonly remove: () => void;
};

/** Only for the first source, because jobs for other sources would send requests to services that no test can reach. */
const JOBS = { spacex: { source: 'spacex' } };

/**
 * Whether `run` spawns the program or calls it in the test's own process, which saves half a second. `start` always
 * spawns the program. So does `run` if it receives variables that Node or a library reads.
 */
type Where = { readonly spawned?: boolean };

/**
 * Creates a workspace that pulls rockets and launches and has a job for the first source, unless the settings say
 * otherwise. If the settings are null, there is no configuration file.
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
    throw new Error(`stdout is not a JSON document: ${result.stdout}\n${result.stderr}`, { cause: error });
  }
}

/** A database for a test file, in which each test has its own schema. */
export type TestServer = {
  readonly url: string;
  /** Creates a workspace whose configuration names this database and a schema that no other test uses. */
  readonly workspace: (settings?: Settings) => ServerWorkspace;
  readonly close: () => Promise<void>;
};

export type ServerWorkspace = Workspace & {
  readonly schema: string;
  /** Runs a statement with the same `search_path` as the program, and returns its rows. */
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
          // Sends everything as one message, which is one transaction, because concurrent tests share the connection.
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

/** Settings in which every source except the first has its own schema, named after this one. */
function othersIn(schema: string): Settings {
  return Object.fromEntries(sources.slice(1).map((one) => [one.name, { schema: `${schema}_${one.schema}` }]));
}

/** Checks the exit code, and the two lines with which every failure ends. */
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
