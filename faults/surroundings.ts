import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { clockOff } from '../test/support/cli.ts';
import { beginning, inBody, inPublish, type Instant } from './instants.ts';
import type { Experiment, Lab } from './lab.ts';
import { breakOnce, type Stage } from './break.ts';
import { losses, type Place } from './place.ts';

const receiving = inBody('launches', 0.5);

/** Concurrent runs, and the machine's clock and disk. */
export const surroundings: readonly Experiment[] = [
  {
    name: 'surroundings',
    async run(lab, { stage }) {
      const turns = lab.short ? 1 : 3;
      for (let turn = 0; turn < turns; turn += 1) {
        await crowd(lab, stage);
        await clockBack(lab, stage);
        if (lab.short) continue;
        for (const at of [beginning, receiving, inPublish]) await folderGone(lab, stage, at);
      }
      if (!lab.short) await smallDisks(lab, stage);
    },
  },
];

/**
 * Several runs at the same time: one publishes, and each of the others publishes after it or reports that the schema is
 * busy.
 */
async function crowd(lab: Lab, { next, place }: Stage): Promise<void> {
  await lab.inject('several runs at the same time', async () => {
    const { expected } = next();
    const results = await Promise.all([place.pull(), place.pull(), place.pull()]);
    const lost = results
      .filter(({ code }) => code !== 0 && code !== 7)
      .map(({ code, stderr }) => `exit ${code}: ${stderr.slice(-300)}`);
    if (!results.some(({ code }) => code === 0)) lost.push('none of them published');
    return [...lost, ...(await losses(place, expected))];
  });
}

/** A run whose clock is behind the previous run's clock: its rows still count as the newest. */
async function clockBack(lab: Lab, { next, place }: Stage): Promise<void> {
  for (const hours of lab.short ? [1] : [1, 24 * 365]) {
    await lab.inject(`the clock jumps back ${hours} h`, async () => {
      const changed = next();
      const first = await place.cli(['run', '--source', place.api.url], clockOff(-hours * 3_600_000));
      const lost = first.code === 0 ? [] : [`exit ${first.code}: ${first.stderr.slice(-300)}`];
      lost.push(...(await losses(place, changed.expected)));
      // The next run finds nothing to do, and the ledger agrees with the tables.
      const again = await place.cli(['run', '--source', place.api.url, '--json']);
      if (!/"updated": 0/.test(again.stdout) || /"(?:updated|inserted|deleted)": [1-9]/.test(again.stdout))
        lost.push('the next run changed something');
      const verified = await place.cli(['verify']);
      if (verified.code !== 0) lost.push(`verify: exit ${verified.code}: ${verified.stdout.slice(-500)}`);
      return lost;
    });
  }
}

/** The data folder is removed or replaced by a file: the published rows stay. */
async function folderGone(lab: Lab, stage: Stage, at: Instant): Promise<void> {
  const aside = (place: Place): string => `${place.dataDir}.aside`;
  await breakOnce(lab, stage, {
    fault: 'the data folder is missing',
    at,
    disturb: async (place) => renameSync(place.dataDir, aside(place)),
    async mend(place) {
      rmSync(place.dataDir, { recursive: true, force: true });
      renameSync(aside(place), place.dataDir);
    },
    // Once published, the run no longer needs the folder.
    codes: at === inPublish ? [0, 1] : [1],
  });
  await breakOnce(lab, stage, {
    fault: 'the data folder is a file',
    at,
    async disturb(place) {
      renameSync(place.dataDir, aside(place));
      writeFileSync(place.dataDir, '');
    },
    async mend(place) {
      rmSync(place.dataDir);
      renameSync(aside(place), place.dataDir);
    },
    codes: at === inPublish ? [0, 1] : [1],
  });
}

/** Disks of different sizes, so that each fills up at a different point in the run, and a read-only disk. */
async function smallDisks(lab: Lab, stage: Stage): Promise<void> {
  const runs = path.join(stage.place.dataDir, 'runs');
  const aside = `${runs}.aside`;
  const mount = (options: string): boolean =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', runs]).status === 0;
  const mounted = (place: Place, options: string): void => {
    renameSync(path.join(place.dataDir, 'runs'), aside);
    mkdirSync(runs);
    if (!mount(options)) throw new Error('a small disk cannot be mounted here');
  };
  const unmounted = async (): Promise<void> => {
    // Moves the contents of the full disk to a disk with free space.
    cpSync(runs, aside, { recursive: true });
    execFileSync('umount', ['-l', runs]);
    rmSync(runs, { recursive: true });
    renameSync(aside, runs);
  };
  mkdirSync(runs, { recursive: true });
  if (!mount('size=64k')) {
    lab.skip('the data folder’s disk is full', 'a small disk cannot be mounted here');
    return;
  }
  execFileSync('umount', [runs]);
  for (let kilobytes = 4; kilobytes <= 1000; kilobytes += 40) {
    await breakOnce(lab, stage, {
      fault: 'the data folder’s disk is full',
      at: null,
      disturb: async (place) => mounted(place, `size=${kilobytes}k`),
      mend: unmounted,
      codes: kilobytes > 600 ? [0, 1] : [1],
    });
  }
  await breakOnce(lab, stage, {
    fault: 'the data folder is read-only',
    at: null,
    disturb: async (place) => mounted(place, 'ro'),
    mend: unmounted,
    codes: [1],
  });
}
