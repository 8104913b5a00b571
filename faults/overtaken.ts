import type { RunningCli } from '../test/support/cli.ts';
import { resumeOrRun, type Stage } from './break.ts';
import { terminate } from './database.ts';
import { beginning, inBody, inPublish, onStaging, type Instant } from './instants.ts';
import type { Experiment, Lab } from './lab.ts';
import { digest, losses, untilGone, type Digest, type Place } from './place.ts';
import { serve } from './worlds.ts';

const receiving = inBody('launches', 0.5);

/**
 * A run loses its lock, with or without its connection, and another run takes the lock: the first run must not publish.
 */
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
      // A short lab tests one case in which other runs publish before the first run does, and one in which another run
      // is active.
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

/** The lock is lost but the connection survives, as it does behind a pooler that resets its sessions. */
const UNLOCKED: Loss = {
  fault: 'overtaken after its lock was released',
  at: receiving,
  before: (place) =>
    place.sql(`
      CREATE FUNCTION lab_unlock() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_unlock_all(); RETURN NULL; END $$;
      CREATE TRIGGER lab_unlock AFTER INSERT ON runs FOR EACH STATEMENT EXECUTE FUNCTION lab_unlock()`),
  lose: (place) => place.sql('DROP FUNCTION lab_unlock CASCADE'),
  code: 7,
};

/** Two other runs publish while the first run is held up. */
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
    // The second of them publishes the next world, so that the first run is out of date.
    serve(place.api, first.world);
    const { expected } = await publishNewer(place, next);
    await prepared.letGo();
    const { code, stderr } = await running.finished;
    const lost = code === due ? [] : [`the first run exited with ${code}: ${stderr.slice(-300)}`];
    const left = await digest(place);
    if (left.tables !== expected.tables)
      lost.push('the first run overwrote what the other runs had published');
    const resumed = await place.cli(['resume', await firstRun(place)]);
    if (resumed.code !== 2)
      lost.push(`resume of the first run: exit ${resumed.code}: ${resumed.stderr.slice(-300)}`);
    return [...lost, ...(await losses(place, expected))];
  });
}

/** Another run that takes the lock while the first is running. */
type Other = {
  readonly fault: string;
  /** Starts the run, and returns a function that kills it. */
  readonly come: (place: Place) => Promise<() => Promise<void>>;
  /** Whether it is killed before the first run publishes. */
  readonly isDead: boolean;
};

/** The other run has not begun yet, so nothing in the ledger reveals it to the first run. */
const WAITING: Other = stoppedAt('another run takes the lock and waits', beginning, false);

/**
 * The other run has recorded in the ledger that the first run is dead, but died before it could drop the staging
 * tables.
 */
const DEAD: Other = stoppedAt(
  'another run takes the lock, records the first as dead, and dies',
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
        // Otherwise the server would finish the run's current statement.
        await place.sql(`SELECT pg_terminate_backend(pid, 5000) ${sessionsOf(other)}`);
        await letGo();
        await killed(place, other);
      };
    },
    isDead,
  };
}

/** Checks that the first run publishes nothing, although it has not noticed the other run. */
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
    const lost = code === 7 ? [] : [`the first run exited with ${code}: ${stderr.slice(-300)}`];
    const left = await digest(place);
    if (left.tables !== old.tables) lost.push('the first run published without the lock');
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

/** Publishes the current world and then the next one, whose rows must remain. */
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
