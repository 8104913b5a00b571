import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import type { Session } from '../src/adapters/postgres/session.ts';
import { migrationDirs } from '../src/app/database.ts';
import type { Table } from '../src/core/table.ts';
import { sources } from '../src/sources/index.ts';
import { withMigrated } from './migrated.ts';
import { changeSql } from './table-changes.ts';
import { presentStates, viewsReading, wantedState } from './table-state.ts';

/**
 * `npm run migration NAME`: compares the table literals of each source with its migrations, and writes the difference
 * as the next migration. Review the file before you commit it.
 */
async function main(args: readonly string[]): Promise<void> {
  const [name = '', ...rest] = args;
  if (!/^[a-z][a-z0-9_]*$/.test(name) || rest.length > 0)
    throw new Refusal(
      `Cannot write a migration named "${args.join(' ')}": use one name of lowercase letters, digits and underscores, such as: npm run migration crew_agency`,
    );
  const written: string[] = [];
  for (const source of sources) {
    const dirs = migrationDirs(source);
    const tables = source.resources.flatMap((resource): readonly Table[] => resource.tables);
    const sql = await withMigrated(dirs, (session, schema) => draftMigration(session, schema, tables));
    if (sql !== null) written.push(await writeNext(dirs.at(-1) ?? '', name, sql));
  }
  const lines = written.map((path) => `Wrote ${relative('.', path)}. Review it before you commit it.`);
  if (lines.length === 0)
    lines.push('Nothing to do: the migrations already create the tables that the sources define.');
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** A mistake by the user; printed without a stack trace. */
class Refusal extends Error {}

/** The text of a migration that updates a migrated schema to match the literals; null if it already does. */
export async function draftMigration(
  session: Session,
  schema: string,
  tables: readonly Table[],
): Promise<string | null> {
  await refuseNames(session, tables);
  const wanted = tables.map(wantedState);
  const present = await presentStates(session, schema);
  const views = await viewsReading(session, schema);
  const up = changeSql(present, wanted, views);
  if (up === '') return null;
  return `-- schema: target\n\n-- up\n${up}\n\n-- down\n${changeSql(wanted, present, views)}\n`;
}

/** Names must not need quotes in SQL that people write. */
async function refuseNames(session: Session, tables: readonly Table[]): Promise<void> {
  const reserved = await session.rows<{ word: string }>(
    `SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')`,
  );
  const words = new Set(reserved.map(({ word }) => word));
  for (const { name, columns } of tables) {
    const odd = [name, ...Object.keys(columns)].find(
      (one) => !/^[a-z_][a-z0-9_]*$/.test(one) || words.has(one),
    );
    if (odd !== undefined)
      throw new Refusal(
        `Cannot write a migration for table ${name}: "${odd}" would need quotes in SQL, so choose a different name`,
      );
  }
}

async function writeNext(dir: string, name: string, sql: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  const last = (await readdir(dir))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .at(-1);
  const number = String(Number(last?.slice(0, 4) ?? 0) + 1).padStart(4, '0');
  const path = join(dir, `${number}_${name}.sql`);
  await writeFile(path, sql, { flag: 'wx' });
  return path;
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  });
}
