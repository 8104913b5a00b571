import type { Instant } from './instants.ts';
import type { Lab } from './lab.ts';
import { digest, losses, mustSucceed, openPlace, type Digest, type Place } from './place.ts';
import { sandboxWorlds, serve, type World } from './worlds.ts';
import type { RunningCli } from '../test/support/cli.ts';

const LAUNCHES = 120;

/** A place that serves one world after another, with the expected result for each. */
export type Stage = {
  readonly place: Place;
  /** Serves the next world. */
  readonly next: () => Turn;
  /** The duration of an uninterrupted run, from its first log line to its end, in milliseconds. */
  readonly span: number;
};

export type Turn = { readonly old: Digest; readonly expected: Digest; readonly world: World };

/**
 * Opens a place and publishes every world there twice, without interruption. The second round provides the expected
 * results.
 */
export async function openStage(adminUrl: string, programUrl: string, short: boolean): Promise<Stage> {
  const worlds = (await sandboxWorlds(LAUNCHES)).slice(short ? 1 : 0);
  const place = await openPlace(adminUrl, 'stage', {}, programUrl);
  const expected: Digest[] = [];
  let span = 0;
  for (const world of [...worlds, ...worlds]) {
    serve(place.api, world);
    const running = place.start(['run', '--migrate', '--source', place.api.url]);
    await running.line(/run \S+ from /);
    const started = performance.now();
    await mustSucceed(running.finished);
    span = performance.now() - started;
    expected.push(await digest(place));
  }
  let version = expected.length - 1;
  return {
    place,
    span,
    next() {
      const old = expected[version];
      version = worlds.length + ((version + 1) % worlds.length);
      const [world, due] = [worlds[version - worlds.length], expected[version]];
      if (old === undefined || due === undefined || world === undefined)
        throw new Error('Cannot serve the next world: there is none');
      serve(place.api, world);
      return { old, expected: due, world };
    },
  };
}

/** A fault, and how a run must react to it. */
export type Break = {
  readonly fault: string;
  /** When the fault is injected; null for before the run starts. */
  readonly at: Instant | null;
  readonly disturb: (place: Place, running: RunningCli | null) => Promise<unknown>;
  /** Repairs the damage, as a user would before resuming the run. */
  readonly mend: (place: Place) => Promise<unknown>;
  /** The exit codes that are documented for this fault. */
  readonly codes: readonly number[];
  /** What a failed run must print on stderr, as proof that it failed because of this fault. */
  readonly says?: RegExp;
};

/**
 * Injects the fault into a run with `--atomic`. If the run fails, it must fail as documented and publish nothing; once
 * the fault is repaired, the data must be published.
 */
export async function breakOnce(lab: Lab, { place, next }: Stage, broken: Break): Promise<void> {
  const { at, codes, disturb, fault, mend, says } = broken;
  await lab.inject(fault, async () => {
    const { old, expected, world } = next();
    const prepared = await at?.prepare(place, world);
    const lost: string[] = [];
    if (prepared === undefined) await disturb(place, null);
    const running = place.start(['run', '--atomic', '--source', place.api.url]);
    if (prepared !== undefined) {
      const came = await Promise.race([
        prepared.comes(running).then(() => true),
        running.finished.then(() => false),
      ]).catch(async (hangs: unknown) => {
        await prepared.letGo();
        throw hangs;
      });
      if (!came) lost.push('the run ended before the fault was injected');
      await disturb(place, running);
      await prepared.letGo();
    }
    const { code, stderr } = await running.finished;
    await mend(place);
    if (code === null || !codes.includes(code)) {
      lost.push(`exit ${code} instead of ${codes.join(' or ')}: ${stderr.slice(-500)}`);
    }
    if (code !== 0 && !/^error: Cannot .*\nhint: \S/m.test(stderr))
      lost.push(`no error with a hint on stderr: ${stderr.slice(-500)}`);
    if (code !== 0 && says?.test(stderr) === false)
      lost.push(`the run failed for a different reason: ${stderr.slice(-500)}`);
    const left = await digest(place);
    if (left.tables !== (code === 0 ? expected : old).tables) lost.push(`the tables contain ${left.tables}`);
    if (code !== 0) lost.push(...(await resumeOrRun(place)));
    return [...lost, ...(await losses(place, expected))];
  });
}

/** Resumes the failed run. If it had not begun, starts a new run instead. */
export async function resumeOrRun(place: Place): Promise<string[]> {
  const resumed = await place.cli(['resume']);
  if (resumed.code === 0) return [];
  if (!/it has already published/.test(resumed.stderr))
    return [`resume: exit ${resumed.code}: ${resumed.stderr.slice(-500)}`];
  const { code, stderr } = await place.pull();
  return code === 0 ? [] : [`run: exit ${code}: ${stderr.slice(-500)}`];
}
