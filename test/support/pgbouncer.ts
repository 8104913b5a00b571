import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { findFreePort } from './postgres.ts';

export type Pooler = {
  /** The database's URL, through the pooler. */
  readonly url: string;
  readonly stop: () => Promise<void>;
};

/** The reason to skip if PgBouncer is not installed; false if it is. */
export function withoutPgbouncer(): string | false {
  return spawnSync('pgbouncer', ['--version'], { env: PATH }).status === 0
    ? false
    : 'pgbouncer is not installed';
}

const PATH = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

/** A real PgBouncer in front of the database. */
export async function startPgbouncer(databaseUrl: string, settings: readonly string[]): Promise<Pooler> {
  const folder = mkdtempSync(path.join(tmpdir(), 'test-pgbouncer-'));
  const server = new URL(databaseUrl);
  const port = await findFreePort();
  const parts = {
    host: server.hostname,
    port: server.port,
    user: server.username,
    password: server.password,
  };
  const place = Object.entries(parts)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}='${decodeURIComponent(value).replaceAll("'", "''")}'`)
    .join(' ');
  const file = path.join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]\n* = ${place}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\n${settings.join('\n')}\n`,
  );
  const nobody = process.getuid?.() === 0 ? Number(spawnSync('id', ['-u', 'nobody']).stdout) : null;
  if (nobody !== null) for (const one of [folder, file]) chownSync(one, nobody, statSync(one).gid);
  const child = spawn('pgbouncer', nobody === null ? [file] : ['-u', 'nobody', file], {
    env: PATH,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (line.includes('process up')) break;
  }
  child.stderr.resume();
  if (child.exitCode !== null) throw new Error(`Cannot start PgBouncer: ${lines.join('\n')}`);
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGQUIT');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}
