import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { PipelineError } from '../../core/errors.ts';
import { sha256Of } from '../../lib/sha256.ts';

export type Migration = {
  /** Folder and file name, such as `ledger/0001_ledger`. */
  readonly name: string;
  readonly place: 'target' | 'ledger';
  readonly up: string;
  readonly down: string;
  /** Hash of the file's text with Unix line endings, so that it does not depend on the checkout. */
  readonly sha256: string;
};

/** All migrations in these folders, folder by folder, each in numeric order. */
export async function readMigrations(dirs: readonly string[]): Promise<Migration[]> {
  const folders = await Promise.all(dirs.map(readFolder));
  return folders.flat();
}

async function readFolder(dir: string): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) =>
      parseMigration(`${basename(dir)}/${basename(name, '.sql')}`, await readFile(join(dir, name), 'utf8')),
    ),
  );
}

/**
 * A migration file names the schema for its objects (`-- schema: target` or `ledger`), followed by `-- up` and `--
 * down`.
 */
function parseMigration(name: string, text: string): Migration {
  const sql = text.replaceAll('\r\n', '\n');
  const match = /^-- schema: (target|ledger)\n\n-- up\n(.*)\n-- down\n(.*)$/s.exec(sql);
  const [, place, up, down] = match ?? [];
  if ((place !== 'target' && place !== 'ledger') || up === undefined || down === undefined) {
    throw new PipelineError(`Cannot read migration ${name}: it lacks "-- schema:", "-- up" or "-- down"`, {
      code: 'internal',
    });
  }
  return { name, place, up, down, sha256: sha256Of(sql) };
}
