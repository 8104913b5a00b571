import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';

import { createGate } from '../test/support/api.ts';
import type { RunningCli } from '../test/support/cli.ts';
import type { Place } from './place.ts';
import { pathOf, type World } from './worlds.ts';

/** A moment in a run at which a fault is injected. */
export type Instant = {
  readonly name: string;
  /** Call this before the run starts. It returns a function that waits for the moment, and one that cleans up. */
  readonly prepare: (place: Place, world: World) => Promise<Prepared>;
};

export type Prepared = {
  readonly comes: (running: RunningCli) => Promise<unknown>;
  /** Releases everything that is waiting, and cleans up. */
  readonly letGo: () => Promise<void>;
};

const nothing = async (): Promise<void> => undefined;

function atLine(pattern: RegExp): Instant {
  return {
    name: `line ${pattern.source}`,
    prepare: async () => ({ comes: (running) => running.line(pattern), letGo: nothing }),
  };
}

/** After the given share of a resource's response has been sent. */
export function inBody(resource: Parameters<typeof pathOf>[0], share: number): Instant {
  return {
    name: `body of ${resource} at ${share * 100} %`,
    async prepare({ api }, world) {
      const at = pathOf(resource);
      const reply = world[at] ?? { body: '' };
      const gate = createGate(Math.floor(reply.body.length * share));
      api.set(at, { ...reply, gate });
      return {
        comes: () => gate.reached,
        async letGo() {
          gate.open();
          api.set(at, reply);
        },
      };
    },
  };
}

/** As soon as a file exists in the run's folder. */
function atFile(file: string): Instant {
  return {
    name: `file ${file}`,
    async prepare({ dataDir }) {
      const runs = path.join(dataDir, 'runs');
      const known = new Set(existsSync(runs) ? readdirSync(runs) : []);
      const over = new AbortController();
      return {
        async comes() {
          const isThere = (): boolean =>
            existsSync(runs) &&
            readdirSync(runs).some((name) => !known.has(name) && existsSync(path.join(runs, name, file)));
          while (!over.signal.aborted && !isThere()) await sleep(POLL_MS);
        },
        letGo: async () => over.abort(),
      };
    },
  };
}

const POLL_MS = 2;

/** The key of the advisory lock that the lab uses to block a run's statement. */
const KEY = 4242;

/** When one of the run's statements reaches a trigger. The statement waits there until the lab releases it. */
function inTrigger(name: string, sql: string): Instant {
  return {
    name,
    async prepare(place) {
      const holder = new Client({ connectionString: place.url });
      holder.on('error', () => undefined);
      await holder.connect();
      await holder.query(`SELECT pg_advisory_lock(${KEY})`);
      await place.sql(`${WAIT_HERE}; ${sql}`);
      return {
        comes: (running) => untilWaiting(holder, running, `locktype = 'advisory' AND objid = ${KEY}`),
        async letGo() {
          await holder.end().catch(() => undefined);
          await place.sql(
            `DROP EVENT TRIGGER IF EXISTS lab_event; DROP FUNCTION IF EXISTS lab_wait, lab_event CASCADE`,
          );
        },
      };
    },
  };
}

async function untilWaiting(holder: Client, running: RunningCli, lock: string): Promise<void> {
  const over = new AbortController();
  void running.finished.finally(() => over.abort()).catch(() => undefined);
  const isWaiting = async (): Promise<boolean> =>
    (await holder.query(`SELECT FROM pg_locks WHERE NOT granted AND ${lock}`)).rowCount !== 0;
  while (!over.signal.aborted && !(await isWaiting())) await sleep(POLL_MS);
}

const WAIT_HERE = `
  CREATE OR REPLACE FUNCTION lab_wait() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_advisory_xact_lock(${KEY}); RETURN coalesce(NEW, OLD); END $$`;

function onTable(trigger: string): Instant {
  const [when = '', table = '', how = 'STATEMENT'] = trigger.split('|');
  const kind = how.startsWith('DEFERRABLE') ? 'CONSTRAINT TRIGGER' : 'TRIGGER';
  const scope = how.startsWith('DEFERRABLE') ? how : `FOR EACH ${how}`;
  return inTrigger(
    `${when} ${table}${how === 'STATEMENT' ? '' : ` ${how}`}`,
    `CREATE ${kind} lab_wait ${when} ON ${table} ${scope} EXECUTE FUNCTION lab_wait()`,
  );
}

/** When staging tables are created, or dropped after the run has ended. */
export function onStaging(
  event: 'ddl_command_start' | 'ddl_command_end',
  tag: string,
  running: boolean,
): Instant {
  return inTrigger(
    `${event} ${tag} of staging`,
    `CREATE FUNCTION lab_event() RETURNS event_trigger LANGUAGE plpgsql AS
     $$ BEGIN
       IF EXISTS (SELECT FROM runs WHERE status = 'running') = ${running} THEN PERFORM pg_advisory_xact_lock(${KEY}); END IF;
     END $$;
     CREATE EVENT TRIGGER lab_event ON ${event} WHEN TAG IN ('${tag}') EXECUTE FUNCTION lab_event()`,
  );
}

/** During COPY: as soon as the staging table is created, an event trigger adds the blocking trigger to it. */
export function inCopy(table: string, row: string): Instant {
  return inTrigger(
    `during COPY of ${table}`,
    `CREATE FUNCTION lab_event() RETURNS event_trigger LANGUAGE plpgsql AS $$
     DECLARE made record;
     BEGIN
       FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE object_identity ~ 'staging_[0-9a-f]+_${table}$' LOOP
         EXECUTE format('CREATE TRIGGER lab_wait BEFORE INSERT ON %s FOR EACH ROW WHEN (${row}) EXECUTE FUNCTION %I.lab_wait()', made.object_identity,
           replace(made.schema_name, '_pipeline', ''));
       END LOOP;
     END $$;
     CREATE EVENT TRIGGER lab_event ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION lab_event()`,
  );
}

/** Before publish locks anything: it waits for another session, which is writing to a target table. */
export const beforePublish: Instant = {
  name: 'while publish waits for a table',
  async prepare(place) {
    const holder = new Client({ connectionString: place.url });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query(`BEGIN; LOCK TABLE ${place.schema}.launches IN ROW EXCLUSIVE MODE`);
    return {
      comes: (running) => untilWaiting(holder, running, `relation = '${place.schema}.launches'::regclass`),
      letGo: async () => holder.end().catch(() => undefined),
    };
  },
};

export const beginning = onTable('BEFORE INSERT|runs');
export const inPublish = onTable('BEFORE UPDATE|launches');
export const inCommit = onTable('AFTER UPDATE|launches|DEFERRABLE INITIALLY DEFERRED FOR EACH ROW');

/** Every boundary between the steps of a run, from its first log line to its last write to the database. */
export const BOUNDARIES: readonly Instant[] = [
  atLine(/run \S+ from /),
  atFile('run.json'),
  beginning,
  onTable('AFTER INSERT|runs'),
  inBody('launches', 0),
  inBody('payloads', 0.5),
  inBody('launches', 0.1),
  inBody('launches', 0.9),
  onStaging('ddl_command_start', 'CREATE TABLE', true),
  onStaging('ddl_command_end', 'CREATE TABLE', true),
  atFile('raw/launches/0001.json'),
  atFile('raw/launches/0001.meta.json'),
  atLine(/launches: received/),
  inCopy('launches', 'NEW.flight_number = 77'),
  inCopy('_rejects', `NEW.resource = ''launches''`),
  atFile('validated/launches.ndjson'),
  atFile('errored/launches.ndjson'),
  atFile('profile/launches.json'),
  atFile('intermediate/launches.csv'),
  atLine(/rockets: (?:\d+ of \d+ records|not modified)/),
  atLine(/launches: (?:\d+ of \d+ records|not modified)/),
  atLine(/payloads: (?:\d+ of \d+ records|not modified)/),
  beforePublish,
  onTable('BEFORE DELETE|launches'),
  inPublish,
  onTable('BEFORE UPDATE|launches|ROW WHEN (NEW.flight_number > 20)'),
  onTable('AFTER UPDATE|launches'),
  onTable('BEFORE INSERT|launches'),
  onTable('AFTER INSERT|launches'),
  onTable('BEFORE UPDATE|runs'),
  onTable('AFTER UPDATE|runs'),
  onTable('BEFORE INSERT|run_resources'),
  onTable('AFTER INSERT|run_tables'),
  inCommit,
  onStaging('ddl_command_start', 'DROP TABLE', false),
  onTable('BEFORE INSERT|run_checks'),
];
