import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';

import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/**
 * Measures how long the database alone takes to load a run's rows: one transaction copies the run's intermediate files
 * straight into empty tables that have the same columns and indexes as the target's. Nothing is fetched, checked,
 * staged, compared or counted.
 */
export async function copyAlone(
  url: string,
  schema: string,
  runDir: string,
): Promise<{ readonly seconds: number; readonly rows: number }> {
  const client = new pg.Client(url);
  await client.connect();
  const own = `${schema}_copy`;
  try {
    const files = (await readdir(join(runDir, 'intermediate'))).map((name) =>
      join(runDir, 'intermediate', name),
    );
    await client.query(`CREATE SCHEMA ${own}`);
    for (const file of files) {
      const table = basename(file, '.csv');
      await client.query(`CREATE TABLE ${own}.${table} (LIKE ${schema}.${table} INCLUDING ALL)`);
      await client.query(
        `ALTER TABLE ${own}.${table} ALTER _run_id SET DEFAULT '${RUN}', ALTER _first_run_id SET DEFAULT '${RUN}', ALTER _loaded_at SET DEFAULT now()`,
      );
    }
    await client.query('CHECKPOINT');
    const started = performance.now();
    let rows = 0;
    await client.query('BEGIN');
    for (const file of files) {
      const into = `${own}.${basename(file, '.csv')} (${await header(file)})`;
      const stream = client.query(copyFrom(`COPY ${into} FROM STDIN WITH (FORMAT csv, HEADER)`));
      await pipeline(createReadStream(file, { highWaterMark: 1 << 18 }), stream);
      rows += stream.rowCount;
    }
    await client.query('COMMIT');
    return { seconds: (performance.now() - started) / 1000, rows };
  } finally {
    await client.query(`DROP SCHEMA IF EXISTS ${own} CASCADE`);
    await client.end();
  }
}

/** A placeholder as long as a run id. */
const RUN = '01900000-0000-7000-8000-000000000000';

async function header(file: string): Promise<string> {
  for await (const line of createInterface(createReadStream(file))) return line;
  return '';
}
