import type { Instant } from './instants.ts';
import type { Lab } from './lab.ts';
import { digest, losses, mustSucceed, openPlace, type Digest, type Place } from './place.ts';
import { sandboxWorlds, serve, type World } from './worlds.ts';
import type { RunningCli } from '../test/support/cli.ts';

const LAUNCHES = 120;

/** A place whose worlds follow one another, with the results expected of each. */
export type Stage = {
  readonly place: Place;
  /** Serves the next world. */
  readonly next: () => Turn;
  /** The duration of an uninterrupted run, from its first line to its end, in milliseconds. */
  readonly span: number;
};

export type Turn = { readonly old: Digest; readonly expected: Digest; readonly world: World };

/**
 * Opens a place where every world has been published twice, uninterrupted: the second time shows the expected result.
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
        throw new Error('Cannot go on to the next world');
      serve(place.api, world);
      return { old, expected: due, world };
    },
  };
}

/** How something breaks during a run. */
export type Break = {
  readonly fault: string;
  /** Null: before the run starts. */
  readonly at: Instant | null;
  readonly disturb: (place: Place, running: RunningCli | null) => Promise<unknown>;
  /** What a user would do about it before resuming the run. */
  readonly mend: (place: Place) => Promise<unknown>;
  /** The exit codes documented for it. */
  readonly codes: readonly number[];
  /** What a failed run must print on stderr, to show that this is what broke it. */
  readonly says?: RegExp;
};

/** All or nothing: the run fails as documented, publishes nothing, and succeeds once the fault is mended. */
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
      if (!came) lost.push('the run ended before it');
      await disturb(place, running);
      await prepared.letGo();
    }
    const { code, stderr } = await running.finished;
    await mend(place);
    if (code === null || !codes.includes(code)) {
      lost.push(`exit ${code} where ${codes.join(' or ')} is due: ${stderr.slice(-500)}`);
    }
    if (code !== 0 && !/^error: Cannot .*\nhint: \S/m.test(stderr))
      lost.push(`no line tells why: ${stderr.slice(-500)}`);
    if (code !== 0 && says?.test(stderr) === false)
      lost.push(`it failed for another reason: ${stderr.slice(-500)}`);
    const left = await digest(place);
    if (left.tables !== (code === 0 ? expected : old).tables) lost.push(`it left ${left.tables}`);
    if (code !== 0) lost.push(...(await resumeOrRun(place)));
    return [...lost, ...(await losses(place, expected))];
  });
}

/** Resumes a run that had begun; if none had, starts the next one. */
export async function resumeOrRun(place: Place): Promise<string[]> {
  const resumed = await place.cli(['resume']);
  if (resumed.code === 0) return [];
  if (!/it has published/.test(resumed.stderr))
    return [`resume: exit ${resumed.code}: ${resumed.stderr.slice(-500)}`];
  const { code, stderr } = await place.pull();
  return code === 0 ? [] : [`run: exit ${code}: ${stderr.slice(-500)}`];
}
