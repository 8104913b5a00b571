import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { PostgresServer } from '../test/support/postgres.ts';
import { breakOnce, type Break, type Stage } from './break.ts';
import { beforePublish, beginning, inBody, inCommit, inCopy, inPublish, type Instant } from './instants.ts';
import type { Experiment, Lab } from './lab.ts';
import { query } from './place.ts';

const nothing = async (): Promise<void> => undefined;

/**
 * Faults of the real PostgreSQL server: it ends sessions, stops, rejects logins and statements, or runs out of disk
 * space.
 */
export const databaseFaults: readonly Experiment[] = [
  {
    name: 'database',
    async run(lab, { server, stage }) {
      const all = [...sessions, ...stops(server), ...refusals(server.url)];
      const breaks = lab.short
        ? [lab.random(sessions.length), all.length - 1].flatMap((index) => all[index] ?? [])
        : all;
      for (const broken of breaks) {
        for (let turn = 0; turn < (lab.short ? 1 : 3); turn += 1) await breakOnce(lab, stage, broken);
      }
    },
  },
  {
    name: 'out of disk space',
    async run(lab, { server, stage }) {
      if (!lab.short) await outOfDisk(lab, server, stage);
    },
  },
];

/**
 * Ends the program's sessions: only the ones that hold the schema's lock, only the ones that are waiting for a lock, or
 * all of them.
 */
export function terminate(which: 'holder' | 'waiting' | 'all'): Break['disturb'] {
  const condition = {
    holder: `EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND locktype = 'advisory' AND granted)`,
    waiting: `EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND NOT granted)`,
    all: 'true',
  }[which];
  return (place) =>
    place.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity a WHERE application_name LIKE 'spacex-pipeline %' AND ${condition}`,
    );
}

const copying = inCopy('launches', 'NEW.flight_number = 77');
const receiving = inBody('launches', 0.5);

const sessions: readonly Break[] = (
  [
    ['during COPY', copying, 'waiting'],
    ['of the lock holder, during COPY', copying, 'holder'],
    ['of the lock holder, before publish', receiving, 'holder'],
    ['of all sessions, before publish', receiving, 'all'],
    ['while publish waits', beforePublish, 'waiting'],
    ['during publish', inPublish, 'waiting'],
    ['during commit', inCommit, 'waiting'],
  ] as const
).map(([name, at, which]) => ({
  fault: `pg_terminate_backend ${name}`,
  at,
  disturb: terminate(which),
  mend: nothing,
  codes: [5],
}));

function stops(server: PostgresServer): Break[] {
  const stop = (fault: string, at: Instant, mode: 'fast' | 'immediate'): Break => ({
    fault: `server stopped (${mode}) and restarted ${fault}`,
    at,
    async disturb() {
      await server.stop(mode);
      await server.start();
    },
    mend: nothing,
    codes: [5],
  });
  return [stop('before publish', receiving, 'fast'), stop('during publish', inPublish, 'immediate')];
}

/** The database rejects logins or statements, before the run or in the middle of it. */
function refusals(url: string): Break[] {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const refusal = (fault: string, at: Instant | null, sql: string, mend: string): Break => ({
    fault,
    at,
    disturb: (place) => place.sql(sql),
    mend: (place) => place.sql(mend),
    codes: [5],
  });
  const readOnly = [
    `ALTER ROLE loader SET default_transaction_read_only = on`,
    `ALTER ROLE loader RESET default_transaction_read_only`,
  ] as const;
  const limit = (count: number): string => `ALTER ROLE loader CONNECTION LIMIT ${count}`;
  return [
    refusal('no connections allowed', null, limit(0), limit(-1)),
    refusal('too many connections during the run', null, limit(2), limit(-1)),
    refusal('read-only from the start', null, ...readOnly),
    refusal('read-only in the middle of the run', beginning, ...readOnly),
    refusal(
      'missing privilege on a table',
      null,
      'REVOKE UPDATE ON launches FROM loader',
      'GRANT UPDATE ON launches TO loader',
    ),
    refusal(
      'missing privilege on the ledger',
      receiving,
      'REVOKE INSERT ON run_tables FROM loader',
      'GRANT INSERT ON run_tables TO loader',
    ),
    refusal(
      'missing privilege to create staging tables',
      null,
      'REVOKE CREATE ON SCHEMA stage_pipeline FROM loader',
      'GRANT CREATE ON SCHEMA stage_pipeline TO loader',
    ),
    refusal(
      'logins forbidden in the middle of the run',
      beginning,
      `REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`,
      `GRANT CONNECT ON DATABASE ${name} TO PUBLIC`,
    ),
    {
      fault: 'lock timeout: another session has locked a table',
      at: beforePublish,
      disturb: () => new Promise((resolve) => setTimeout(resolve, 2000)),
      mend: nothing,
      codes: [5],
    },
  ];
}

/** Fills a tablespace on a two-megabyte disk. */
async function outOfDisk(lab: Lab, server: PostgresServer, stage: Stage): Promise<void> {
  const fault = 'database out of disk space';
  const folder = mkdtempSync(path.join(tmpdir(), 'faults-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true });
    lab.skip(fault, 'a small disk cannot be mounted here');
    return;
  }
  try {
    const owner = statSync(server.dataDir);
    chownSync(folder, owner.uid, owner.gid);
    await query(server.url, `CREATE TABLESPACE small LOCATION '${folder}'`);
    await query(server.url, `GRANT CREATE ON TABLESPACE small TO loader`);
    const { schema } = stage.place;
    const filled = async (): Promise<void> => {
      await query(server.url, `CREATE TABLE ${schema}.filler (x text) TABLESPACE small`);
      await fill(server.url, schema);
    };
    for (let turn = 0; turn < 3; turn += 1) {
      await breakOnce(lab, stage, {
        fault: `${fault}, during COPY`,
        at: null,
        disturb: (place) => place.sql('ALTER ROLE loader SET default_tablespace = small').then(filled),
        mend: (place) => place.sql('DROP TABLE filler; ALTER ROLE loader RESET default_tablespace'),
        codes: [5],
        says: /\(53100\)/,
      });
      await breakOnce(lab, stage, {
        fault: `${fault}, during publish`,
        at: receiving,
        async disturb(place) {
          await query(server.url, `VACUUM FULL ${schema}.launches`);
          await place.sql('ALTER TABLE launches SET TABLESPACE small');
          await filled();
        },
        mend: (place) => place.sql('DROP TABLE filler; ALTER TABLE launches SET TABLESPACE pg_default'),
        codes: [5],
        says: /Cannot publish .*\(53100\)/,
      });
    }
  } finally {
    await query(server.url, 'DROP TABLESPACE IF EXISTS small');
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  }
}

/** Inserts rows until no space is left. */
async function fill(url: string, schema: string): Promise<void> {
  for (const rows of [200, 20, 1]) {
    const sql = `INSERT INTO ${schema}.filler SELECT repeat(md5(random()::text), 60) FROM generate_series(1, ${rows})`;
    while ((await query(url, sql).catch(() => null)) !== null);
  }
}
