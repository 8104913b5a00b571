import type { PostgresServer } from '../test/support/postgres.ts';
import type { Experiment, Lab } from './lab.ts';
import { BOUNDARIES, type Instant } from './instants.ts';
import type { RunningCli } from '../test/support/cli.ts';
import type { Stage } from './break.ts';
import { digest, losses, untilGone, type Digest, type Place } from './place.ts';

/** What is killed, and how it is restarted. */
type Victim = {
  readonly name: string;
  readonly kill: (running: RunningCli) => Promise<void>;
};

const theProgram: Victim = {
  name: 'SIGKILL of the program',
  async kill(running) {
    running.kill('SIGKILL');
  },
};

function theServer(server: PostgresServer): Victim {
  return {
    name: 'SIGKILL of the PostgreSQL server',
    // The program loses its database, so it must exit without being killed.
    async kill() {
      await server.kill();
      await server.start();
    },
  };
}

/**
 * Kills the real program, or its database server, at every boundary and at random moments of a run, then resumes the
 * run.
 */
export const kills: readonly Experiment[] = [
  { name: 'kill the program', run: (lab, { stage }) => killAll(lab, stage, theProgram) },
  { name: 'kill the server', run: (lab, { server, stage }) => killAll(lab, stage, theServer(server)) },
];

async function killAll(lab: Lab, stage: Stage, victim: Victim): Promise<void> {
  const { place } = stage;
  const one = (fault: string, instant: Instant, then: Recovery): Promise<void> =>
    lab.inject(`${victim.name} ${fault}`, () => killOnce(lab, stage, victim, instant, then));
  // A short lab tests a single boundary, chosen at random.
  const offset = lab.random(BOUNDARIES.length);
  const boundaries = lab.short
    ? BOUNDARIES.slice(offset, offset + 1)
    : BOUNDARIES.filter(({ name }) => name.includes(lab.at));
  for (const instant of boundaries) await one('at a boundary', instant, resumed);
  if (lab.kills === 0) return;
  const span = Math.ceil(stage.span * 1.1);
  for (let turn = 0; turn < lab.kills; turn += 1) {
    await one('at a random moment', after(lab.random(span)), resumed);
  }
  for (let turn = 0; turn < Math.ceil(lab.kills / 10); turn += 1) {
    await one('at a random moment, never resumed', after(lab.random(span)), givenUp);
  }
  if (lab.short) return;
  await lab.inject(`${victim.name}, verify after all kills`, async () => {
    const { code, stderr } = await place.cli(['verify']);
    return code === 0 ? [] : [`verify: exit ${code}: ${stderr.slice(-300)}`];
  });
}

const RANDOM = 'ms after its first log line';

function after(ms: number): Instant {
  return {
    name: `${ms} ${RANDOM}`,
    prepare: async () => ({
      async comes(running) {
        await running.line(/run \S+ from /);
        await Promise.race([running.finished, new Promise((resolve) => setTimeout(resolve, ms))]);
      },
      letGo: async () => undefined,
    }),
  };
}

async function killOnce(
  lab: Lab,
  { next, place }: Stage,
  victim: Victim,
  instant: Instant,
  recover: Recovery,
): Promise<string[]> {
  const { expected, old, world } = next();
  const { comes, letGo } = await instant.prepare(place, world);
  const running = place.start(['run', '--source', place.api.url]);
  const came = await Promise.race([
    comes(running).then(() => true),
    running.finished.then(() => instant.name.endsWith(RANDOM)),
  ]).catch(async (hangs: unknown) => {
    await letGo();
    throw hangs;
  });
  await victim.kill(running);
  await letGo();
  await running.finished;
  await untilGone(place, running.pid);
  const lost: string[] = [];
  // Between some revisions nothing is inserted or deleted, so the run can end without reaching that instant.
  if (!came) lab.count('instants never reached');
  const left = await digest(place);
  if (left.tables !== old.tables && left.tables !== expected.tables)
    lost.push(`after the kill, the tables contain neither the old nor the new rows: ${left.tables}`);
  // One resume in four, chosen at random, is killed as well.
  if (recover === resumed && lab.random(4) === 0) {
    const again = place.start(['resume']);
    await Promise.race([
      after(lab.random(500))
        .prepare(place, world)
        .then((one) => one.comes(again)),
      again.finished,
    ]).catch(() => undefined);
    await victim.kill(again);
    await again.finished;
    await untilGone(place, again.pid);
  }
  lost.push(...(await recover(lab, place, expected)));
  lost.push(...(await losses(place, expected)));
  return lost.map((one) => `${instant.name}: ${one}`);
}

/** How the lab recovers from a killed run. */
type Recovery = (lab: Lab, place: Place, expected: Digest) => Promise<string[]>;

/** Does not resume the killed run: the next run has to cope with what it left behind. */
const givenUp: Recovery = async (lab, place) => {
  const { code, stderr } = await place.pull();
  lab.count('never resumed');
  return code === 0 ? [] : [`run: exit ${code}: ${stderr.slice(-500)}`];
};

/**
 * Resumes the killed run. If the run has already published or never began, `resume` must suggest a new pull, and that
 * pull must succeed.
 */
const resumed: Recovery = async (lab, place, expected) => {
  const { code, stderr } = await place.cli(['resume']);
  if (code === 0) {
    lab.count('resumed');
    return [];
  }
  const refused = `resume: exit ${code}: ${stderr.slice(-500)}`;
  if (code !== 2 || !/it has already published\n.*Pull again with: .*spacex-pipeline run/.test(stderr))
    return [refused];
  const published = (await digest(place)).tables === expected.tables;
  const [begun] = await place.sql(BEGUN);
  lab.count(published ? 'had published' : 'had not begun');
  const again = await place.pull();
  const lost =
    published || begun === undefined ? [] : [`a run that had begun could not be resumed: ${refused}`];
  return again.code === 0 ? lost : [...lost, `run: exit ${again.code}: ${again.stderr.slice(-500)}`];
};

const BEGUN = `SELECT 1 FROM runs WHERE status NOT IN ('succeeded', 'partial')
  AND run_id > (SELECT max(run_id) FROM runs WHERE status IN ('succeeded', 'partial'))`;
