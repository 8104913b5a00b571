import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { pick, type Random } from '../src/sandbox/random.ts';
import type { Stage } from './break.ts';
import { inPublish } from './instants.ts';
import type { Experiment, Lab } from './lab.ts';
import { losses, mustSucceed, untilGone, type Place } from './place.ts';
import { pathOf, PULLED, serve } from './worlds.ts';

type Name = (typeof PULLED)[number];

/**
 * Damage that a disk or a person can do to a raw file. If possible, the file stays valid JSON, so that only the hash
 * reveals the damage.
 */
type Damage = {
  readonly what: string;
  readonly change: (file: string, random: Random) => void;
};

const FLIPPED: Damage = {
  what: 'one bit flipped',
  change(file, random) {
    const bytes = readFileSync(file);
    const names = [...bytes.toString('latin1').matchAll(/"name":"[A-Za-z]/g)];
    const found = pick(random, names as [RegExpExecArray, ...RegExpExecArray[]]);
    const at = found.index + found[0].length - 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    replace(file, bytes, random);
  },
};

const TRUNCATED: Damage = {
  what: 'truncated',
  change(file, random) {
    const bytes = readFileSync(file);
    replace(file, bytes.subarray(0, random(bytes.length)), random);
  },
};

const SHORTER: Damage = {
  what: 'last record removed',
  change(file, random) {
    const text = readFileSync(file, 'latin1');
    replace(file, Buffer.from(`${text.slice(0, text.lastIndexOf(',{"'))}]`, 'latin1'), random);
  },
};

const AS_LONG: Damage = {
  what: 'same length, different bytes',
  change(file, random) {
    const text = readFileSync(file, 'latin1').replaceAll(/"name":"[A-Za-z]/g, '"name":"_');
    replace(file, Buffer.from(text, 'latin1'), random);
  },
};

const GONE: Damage = { what: 'deleted', change: (file) => rmSync(file) };

const UNTOLD: Damage = {
  what: 'meta file truncated',
  change(file, random) {
    const meta = file.replace(/\.json$/, '.meta.json');
    const bytes = readFileSync(meta);
    writeFileSync(meta, bytes.subarray(0, random(bytes.length - 2)));
  },
};

const UNTOUCHED: Damage = { what: 'untouched', change: () => undefined };

/** Damages raw files and checks that the program uses nothing in them. */
export const rawFaults: readonly Experiment[] = [
  {
    name: 'raw files',
    async run(lab, { stage }) {
      const beforeResume = [FLIPPED, TRUNCATED, AS_LONG, UNTOUCHED, UNTOLD, SHORTER, GONE];
      const published = [AS_LONG, UNTOUCHED, FLIPPED, SHORTER, TRUNCATED, GONE];
      for (let turn = 0; turn < (lab.short ? 1 : 7); turn += 1) {
        await damagedBeforeResume(lab, stage, three(beforeResume, turn));
        await damagedAfterPublish(lab, stage, three(published, turn));
        await damagedWhileAsked(lab, stage, lab.random(2) === 0 ? FLIPPED : AS_LONG);
      }
    },
  },
];

/** Assigns a different kind of damage to each resource, and shifts the assignment with each turn. */
function three(damages: readonly Damage[], turn: number): ReadonlyMap<Name, Damage> {
  return new Map(
    PULLED.map((name, index) => [name, damages[(turn * 2 + index) % damages.length] ?? UNTOUCHED]),
  );
}

/**
 * Kills a run when its raw files are complete, then damages some of them. `resume` must fetch exactly the damaged files
 * again.
 */
async function damagedBeforeResume(
  lab: Lab,
  { next, place }: Stage,
  damages: ReadonlyMap<Name, Damage>,
): Promise<void> {
  await lab.inject('raw files damaged before resume', async () => {
    const { expected, world } = next();
    const { comes, letGo } = await inPublish.prepare(place, world);
    const running = place.start(['run', '--source', place.api.url]);
    await Promise.race([comes(running), running.finished]);
    running.kill('SIGKILL');
    await letGo();
    await running.finished;
    await untilGone(place, running.pid);
    await damageAll(lab, place, `status = 'running'`, damages);
    const asked = place.api.requests.length;
    const { code, stderr } = await place.cli(['resume']);
    const lost = code === 0 ? [] : [`resume: exit ${code}: ${stderr.slice(-500)}`];
    const gets = statuses(place, asked);
    for (const [name, damage] of damages) {
      const is = gets.get(name) === 200;
      if (is !== (damage !== UNTOUCHED))
        lost.push(`${name}, ${damage.what}: ${is ? 'fetched again' : 'not fetched again'}`);
    }
    return [...lost, ...(await losses(place, expected))];
  });
}

/**
 * Damages the raw files of a published run: `verify` must report the damage, `replay` must reject the run, and the next
 * run must not accept a 304 for a damaged file.
 */
async function damagedAfterPublish(
  lab: Lab,
  { next, place }: Stage,
  damages: ReadonlyMap<Name, Damage>,
): Promise<void> {
  await lab.inject('raw files damaged after publish', async () => {
    const { expected } = next();
    await mustSucceed(place.pull());
    await damageAll(lab, place, `status = 'succeeded'`, damages);
    const lost: string[] = [];
    if (!lab.short) {
      const verified = await place.cli(['verify']);
      if (verified.code === 0) lost.push('verify: exit 0');
      const replayed = await place.cli(['replay', await newestRun(place, `status = 'succeeded'`)]);
      if (replayed.code !== 2) lost.push(`replay: exit ${replayed.code}: ${replayed.stderr.slice(-300)}`);
    }
    const asked = place.api.requests.length;
    const { code, stderr } = await place.pull();
    if (code !== 0) lost.push(`exit ${code}: ${stderr.slice(-500)}`);
    const gets = statuses(place, asked);
    for (const [name, damage] of damages) {
      const due = damage === UNTOUCHED ? 304 : 200;
      if (gets.get(name) !== due) lost.push(`${name}, ${damage.what}: ${gets.get(name)} instead of ${due}`);
    }
    return [...lost, ...(await losses(place, expected))];
  });
}

/** Damages a raw file between the request for a newer version and the source's response that nothing has changed. */
async function damagedWhileAsked(lab: Lab, { next, place }: Stage, damage: Damage): Promise<void> {
  await lab.inject('raw file damaged before a 304', async () => {
    const { expected, world } = next();
    await mustSucceed(place.pull());
    // The retry leaves time to damage the file and to serve the world again.
    place.api.set(pathOf('launches'), { status: 503, body: '', headers: { 'retry-after': '1' } });
    const running = place.start(['run', '--source', place.api.url]);
    await Promise.race([place.api.next('GET', pathOf('launches')), running.finished]);
    await damageAll(lab, place, `status = 'succeeded'`, new Map([['launches', damage]]));
    const asked = place.api.requests.length;
    serve(place.api, world);
    const { code, stderr } = await running.finished;
    const lost = code === 0 ? [] : [`exit ${code}: ${stderr.slice(-500)}`];
    const answers = place.api.requests.slice(asked).filter((one) => one.path === pathOf('launches'));
    if (answers[0]?.status !== 304) lost.push('the source did not answer 304');
    return [...lost, ...(await losses(place, expected))];
  });
}

async function damageAll(
  lab: Lab,
  place: Place,
  which: string,
  damages: ReadonlyMap<Name, Damage>,
): Promise<void> {
  const folder = path.join(place.dataDir, 'runs', await newestRun(place, which));
  for (const [name, { change, what }] of damages) {
    change(path.join(folder, 'raw', name, '0001.json'), lab.random);
    if (what !== UNTOUCHED.what) lab.count('raw files damaged');
  }
}

/**
 * Writes the bytes either in place, as a failing disk would, or as a new file. Writing in place also damages the file
 * in earlier runs that have a hard link to it.
 */
function replace(file: string, bytes: Buffer, random: Random): void {
  if (random(2) === 0) rmSync(file);
  writeFileSync(file, bytes);
}

async function newestRun(place: Place, which: string): Promise<string> {
  const [run] = await place.sql<{ run_id: string }>(
    `SELECT run_id FROM runs WHERE ${which} ORDER BY run_id DESC LIMIT 1`,
  );
  return run?.run_id ?? '';
}

/** The status of the first GET response for each resource. */
function statuses({ api }: Place, from: number): ReadonlyMap<Name, number> {
  const gets = api.requests.slice(from).filter(({ method }) => method === 'GET');
  return new Map(
    PULLED.flatMap((name) => {
      const first = gets.find((one) => one.path === pathOf(name));
      return first === undefined ? [] : [[name, first.status] as const];
    }),
  );
}
