import type { RunningCli } from '../test/support/cli.ts';
import { resumeOrRun, type Stage } from './break.ts';
import { terminate } from './database.ts';
import { beginning, inBody, inPublish, onStaging, type Instant } from './instants.ts';
import type { Experiment, Lab } from './lab.ts';
import { digest, losses, untilGone, type Digest, type Place } from './place.ts';
import { serve } from './worlds.ts';

const receiving = inBody('launches', 0.5);

/** A run that lost its lock, with or without its connection, while another run took the lock: it must not publish. */
export const overtaken: readonly Experiment[] = [
  {
    name: 'overtaken',
    async run(lab, { stage }) {
      const instants = [receiving, inBody('payloads', 0.9), inPublish];
      const injections = [
        ...instants.map((at) => () => overtakenOnce(lab, stage, disconnected(at))),
        () => overtakenOnce(lab, stage, UNLOCKED),
        () => besideAnother(lab, stage, WAITING),
        () => besideAnother(lab, stage, DEAD),
      ];
      // A short lab takes one case in which others publish before the first run does, and one in which
      // another run is active.
      const taken = lab.short
        ? [lab.random(4), 4 + lab.random(2)].flatMap((at) => injections[at] ?? [])
        : injections;
      for (let turn = 0; turn < (lab.short ? 1 : 3); turn += 1) {
        for (const inject of taken) await inject();
      }
    },
  },
];

/** How a run loses its lock. */
type Loss = {
  readonly fault: string;
  readonly at: Instant;
  readonly before: (place: Place) => Promise<unknown>;
  readonly lose: (place: Place, running: RunningCli) => Promise<unknown>;
  /** The expected exit code. */
  readonly code: number;
};

function disconnected(at: Instant): Loss {
  const fault = `overtaken after pg_terminate_backend (${at.name})`;
  return { fault, at, before: async () => undefined, lose: terminate('holder'), code: 5 };
}

/** Behind a pooler that resets its sessions, the lock is lost but the connection survives. */
const UNLOCKED: Loss = {
  fault: 'overtaken after its lock was let go',
  at: receiving,
  before: (place) =>
    place.sql(`
      CREATE FUNCTION lab_unlock() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_unlock_all(); RETURN NULL; END $$;
      CREATE TRIGGER lab_unlock AFTER INSERT ON runs FOR EACH STATEMENT EXECUTE FUNCTION lab_unlock()`),
  lose: (place) => place.sql('DROP FUNCTION lab_unlock CASCADE'),
  code: 7,
};

/** Two others publish meanwhile. */
async function overtakenOnce(
  lab: Lab,
  { next, place }: Stage,
  { at, before, code: due, fault, lose }: Loss,
): Promise<void> {
  await lab.inject(fault, async () => {
    const first = next();
    const prepared = await at.prepare(place, first.world);
    await before(place);
    const running = place.start(['run', '--source', place.api.url]);
    await Promise.race([prepared.comes(running), running.finished]);
    await lose(place, running);
    if (at === inPublish) await prepared.letGo();
    // The second publishes what follows in the sandbox's own order, so that the first is out of date.
    serve(place.api, first.world);
    const { expected } = await publishNewer(place, next);
    await prepared.letGo();
    const { code, stderr } = await running.finished;
    const lost = code === due ? [] : [`the first ended with exit ${code}: ${stderr.slice(-300)}`];
    const left = await digest(place);
    if (left.tables !== expected.tables) lost.push('the first published over the second');
    const resumed = await place.cli(['resume', await firstRun(place)]);
    if (resumed.code !== 2)
      lost.push(`resume of the first: exit ${resumed.code}: ${resumed.stderr.slice(-300)}`);
    return [...lost, ...(await losses(place, expected))];
  });
}

/** Another run that takes the lock while the first is running. */
type Other = {
  readonly fault: string;
  /** Returns a function that ends it. */
  readonly come: (place: Place) => Promise<() => Promise<void>>;
  /** Does it end before the first run publishes? */
  readonly isDead: boolean;
};

/** It has not begun yet: nothing in the ledger tells the first run that it is not alone. */
const WAITING: Other = stoppedAt('another run takes the lock and waits', beginning, false);

/** It has recorded in the ledger that the first run is dead, and died itself before it dropped the staging. */
const DEAD: Other = stoppedAt(
  'another run takes the lock, closes the first and dies',
  onStaging('ddl_command_start', 'DROP TABLE', false),
  true,
);

function stoppedAt(fault: string, at: Instant, isDead: boolean): Other {
  return {
    fault,
    async come(place) {
      const { comes, letGo } = await at.prepare(place, {});
      const other = place.start(['run', '--source', place.api.url]);
      await Promise.race([comes(other), other.finished]);
      return async () => {
        // Otherwise its server would finish the current statement.
        await place.sql(`SELECT pg_terminate_backend(pid, 5000) ${sessionsOf(other)}`);
        await letGo();
        await killed(place, other);
      };
    },
    isDead,
  };
}

/** The first run, which does not know about the other one, publishes nothing. */
async function besideAnother(
  lab: Lab,
  { next, place }: Stage,
  { come, fault, isDead }: Other,
): Promise<void> {
  await lab.inject(fault, async () => {
    const { expected, old, world } = next();
    const prepared = await receiving.prepare(place, world);
    await UNLOCKED.before(place);
    const first = place.start(['run', '--source', place.api.url]);
    await Promise.race([prepared.comes(first), first.finished]);
    await UNLOCKED.lose(place, first);
    const end = await come(place);
    if (isDead) await end();
    await prepared.letGo();
    const { code, stderr } = await first.finished;
    const lost = code === 7 ? [] : [`the first ended with exit ${code}: ${stderr.slice(-300)}`];
    const left = await digest(place);
    if (left.tables !== old.tables) lost.push('the first published without the lock');
    if (!isDead) await end();
    lost.push(...(await resumeOrRun(place)));
    return [...lost, ...(await losses(place, expected))];
  });
}

function sessionsOf({ pid }: Pick<RunningCli, 'pid'>): string {
  return `FROM pg_stat_activity WHERE application_name LIKE 'spacex-pipeline % pid ${pid}'`;
}

async function killed(place: Place, running: RunningCli): Promise<void> {
  running.kill('SIGKILL');
  await running.finished;
  await untilGone(place, running.pid);
}

/** Publishes the first world and then the next, which is the one that must remain. */
async function publishNewer(place: Place, next: Stage['next']): Promise<{ expected: Digest }> {
  const publish = async (): Promise<void> => {
    const { code, stderr } = await place.pull();
    if (code !== 0) throw new Error(`the second run: exit ${code}: ${stderr.slice(-500)}`);
  };
  await publish();
  const { expected, world } = next();
  serve(place.api, world);
  await publish();
  return { expected };
}

async function firstRun(place: Place): Promise<string> {
  const [row] = await place.sql<{ run_id: string }>(
    `SELECT run_id FROM runs WHERE status NOT IN ('succeeded', 'partial') ORDER BY run_id DESC LIMIT 1`,
  );
  return row?.run_id ?? '';
}
