import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Client } from 'pg';

import type { Experiment, Lab } from './lab.ts';
import { digest, limited, losses, mustSucceed, untilGone, type Place } from './place.ts';
import { openSilent } from './silent.ts';

/** Damage that the lab does itself. A check that misses it is worthless. */
type Damage = {
  /** Matches the line that the check must report. */
  readonly seen: RegExp;
  readonly does: string;
  readonly undo: string;
};

const NEWEST = `(SELECT run_id FROM runs WHERE status = 'succeeded' ORDER BY finished_at DESC LIMIT 1)`;

const DAMAGES: readonly Damage[] = [
  damage(
    /^tables contain/,
    'UPDATE launches SET name = name || $$!$$',
    'UPDATE launches SET name = left(name, -1)',
  ),
  damage(
    /^count: launches/,
    'CREATE TABLE kept AS SELECT * FROM launches LIMIT 1; DELETE FROM launches WHERE id IN (SELECT id FROM kept)',
    'INSERT INTO launches SELECT * FROM kept; DROP TABLE kept',
  ),
  damage(
    /^rejects contain/,
    `UPDATE rejects SET status = 'gone', reason = 'lab' WHERE status = 'open'`,
    `UPDATE rejects SET status = 'open', reason = NULL WHERE reason = 'lab'`,
  ),
  damage(/^rejects: /, 'UPDATE rejects SET times = times + 1000', 'UPDATE rejects SET times = times - 1000'),
  damage(
    /^tombstones: /,
    `INSERT INTO tombstones (table_name, row_id, run_id, deleted_at, "row") SELECT 'launches', 'lab', ${NEWEST}, now(), '{}'`,
    `DELETE FROM tombstones WHERE row_id = 'lab'`,
  ),
  damage(
    /^chain: /,
    `UPDATE run_tables SET live_before = live_before + 1, inserted = inserted - 1, unchanged = unchanged + 1 WHERE run_id = ${NEWEST}`,
    `UPDATE run_tables SET live_before = live_before - 1, inserted = inserted + 1, unchanged = unchanged - 1 WHERE run_id = ${NEWEST}`,
  ),
  damage(
    /^running: /,
    `UPDATE runs SET status = 'running' WHERE run_id = (SELECT min(run_id) FROM runs)`,
    `UPDATE runs SET status = 'succeeded' WHERE status = 'running'`,
  ),
  // The database's constraints would prevent this damage, so they are dropped first.
  damage(
    /^records: /,
    `ALTER TABLE run_resources DROP CONSTRAINT run_resources_check;
     UPDATE run_resources SET received = received + 1 WHERE run_id = ${NEWEST} AND resource = 'launches'`,
    `UPDATE run_resources SET received = received - 1 WHERE run_id = ${NEWEST} AND resource = 'launches';
     ALTER TABLE run_resources ADD CONSTRAINT run_resources_check
       CHECK (status <> 'succeeded' OR received = validated + errored)`,
  ),
  ...(
    [
      ['run_tables_check', 'live_after', 'live_before + inserted - deleted = live_after'],
      ['run_tables_check1', 'staged', 'staged = inserted + updated + unchanged'],
    ] as const
  ).map(([name, column, rule]) =>
    damage(
      /^rows: /,
      `ALTER TABLE run_tables DROP CONSTRAINT ${name};
       UPDATE run_tables SET ${column} = ${column} + 1 WHERE run_id = ${NEWEST} AND table_name = 'launches'`,
      `UPDATE run_tables SET ${column} = ${column} - 1 WHERE run_id = ${NEWEST} AND table_name = 'launches';
       ALTER TABLE run_tables ADD CONSTRAINT ${name} CHECK (${rule})`,
    ),
  ),
  damage(/^staging: /, 'CREATE TABLE stage_pipeline.staging_lab ()', 'DROP TABLE stage_pipeline.staging_lab'),
];

function damage(seen: RegExp, does: string, undo: string): Damage {
  return { seen, does, undo };
}

/** Tests the lab's own checks by doing damage that they must detect. */
export const selfTests: readonly Experiment[] = [
  {
    name: 'the lab itself',
    async run(lab, { stage }) {
      const { place } = stage;
      const expected = await digest(place);
      const see = (seen: RegExp, does: () => Promise<() => unknown>): Promise<void> =>
        lab.inject('damage that the lab must detect', async () => {
          const undo = await does();
          const found = await losses(place, expected);
          await undo();
          const blind = found.some((line) => seen.test(line))
            ? []
            : [`no line matches ${seen.source}: ${found.join('; ')}`];
          return blind;
        });
      for (const { does, seen, undo } of DAMAGES) {
        await see(seen, async () => {
          await place.sql(does);
          return () => place.sql(undo);
        });
      }
      const folder = await newestFolder(place);
      const change = (seen: RegExp, name: string, to: (text: string) => string): Promise<void> =>
        see(seen, async () => {
          const file = path.join(folder, name);
          const before = readFileSync(file, 'utf8');
          // Replaces the file instead of changing it in place, because an earlier run's folder may have a hard link to
          // it.
          rmSync(file);
          writeFileSync(file, to(before));
          return () => writeFileSync(file, before);
        });
      await change(/^raw file /, 'raw/launches/0001.json', (text) => text.replace('"', "'"));
      await change(/received, \d+ in validated/, 'validated/launches.ndjson', (text) =>
        text.slice(text.indexOf('\n') + 1),
      );
      await see(/is left in the folder/, async () => {
        const left = path.join(folder, 'raw', '.0001.json.lab.tmp');
        writeFileSync(left, '');
        return () => rmSync(left);
      });
      for (const [seen, sql] of [
        [/^lock: /, 'SELECT pg_advisory_lock(1)'],
        [/^sessions: .*, idle in transaction/, 'BEGIN'],
        [/^sessions: .*, idle$/, 'SELECT 1'],
      ] as const) {
        await see(seen, async () => {
          const holder = new Client({ connectionString: place.url, application_name: 'spacex-pipeline lab' });
          await holder.connect();
          await holder.query(sql);
          return () => holder.end();
        });
      }
      await lab.inject('damage that has been undone', () => losses(place, expected));
      // This comes last because it cannot be undone: it leaves a dead run in the ledger.
      await seeHanging(lab, place);
    },
  },
];

/**
 * Starts a run that hangs because its source never responds. The lab must kill it before its timeout, and report that
 * it hangs.
 */
async function seeHanging(lab: Lab, place: Place): Promise<void> {
  await lab.inject('damage that the lab must detect', async () => {
    const silent = await openSilent();
    const args = ['run', '--source', silent.url];
    const running = limited(place.workspace.start(args), args, HANGING_MS);
    const told = await running.finished.then(
      ({ code }) => `exit ${code}`,
      (error: unknown) => String(error),
    );
    await silent.close();
    await untilGone(place, running.pid);
    // Publishes again, because the killed run had begun and a later `resume` must not resume it.
    await mustSucceed(place.pull());
    return / hangs: /.test(told) ? [] : [`the run that hangs was not detected: ${told}`];
  });
}

const HANGING_MS = 1500;

async function newestFolder(place: Place): Promise<string> {
  const [run] = await place.sql<{ run_dir: string }>(`SELECT run_dir FROM runs WHERE run_id = ${NEWEST}`);
  return run?.run_dir ?? '';
}
