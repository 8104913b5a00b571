import { gzipSync } from 'node:zlib';

import { FAULTS_HELP } from '../src/sandbox/fault-spec.ts';
import { startSandbox } from '../src/sandbox/server.ts';
import { QUICK_SOURCE } from '../test/support/workspace.ts';
import type { Experiment, Lab } from './lab.ts';
import { digest, losses, mustSucceed, openPlace, type Place } from './place.ts';
import { pathOf, sandboxWorld, serve, type World } from './worlds.ts';

const LAUNCHES = 120;

/** A sandbox fault, and the exit codes that it may cause. */
type Case = { readonly faults: string; readonly codes: readonly number[] };

/**
 * Every sandbox fault, on every request. If a run can recover from a fault, a second case injects the fault only into
 * the first requests.
 */
const CASES: readonly [Case, ...Case[]] = [
  { faults: 'late=50@launches', codes: [0] },
  { faults: 'late=5000@launches', codes: [3] },
  { faults: '429=1@launchesx1', codes: [0] },
  { faults: '429=3600@launches', codes: [3] },
  { faults: 'status=503@launchesx2', codes: [0] },
  { faults: 'status=404@launches', codes: [3] },
  { faults: 'status=500@launches', codes: [3] },
  { faults: 'challenge@launches', codes: [3] },
  { faults: 'html@launches', codes: [3] },
  { faults: 'html@launchesx1', codes: [0] },
  { faults: 'object@launches', codes: [3] },
  { faults: 'empty@launches', codes: [4] },
  { faults: 'reset@launchesx1', codes: [0] },
  { faults: 'reset@launches', codes: [3] },
  { faults: 'stall@launchesx1', codes: [0] },
  { faults: 'stall@launches', codes: [3] },
  { faults: 'hang@launches', codes: [3] },
  { faults: 'wrong-type@launches', codes: [3] },
  { faults: 'reset-body=70000@launchesx1', codes: [0] },
  { faults: 'reset-body=70000@launches', codes: [3] },
  { faults: 'truncate=70000@launches', codes: [3] },
  { faults: 'truncate=70000@launchesx1', codes: [0] },
  { faults: 'slow=50@launches', codes: [0] },
  { faults: 'bad=0.5@launches', codes: [4] },
  { faults: 'bad=1@launches', codes: [4] },
  { faults: 'gone=0.34@launches', codes: [4] },
  { faults: 'gone=1@launches', codes: [4] },
  { faults: 'pretty@launches', codes: [0] },
  { faults: 'bom@launches', codes: [0] },
  { faults: 'crlf@launches', codes: [0] },
];

export const sourceFaults: readonly Experiment[] = [
  {
    name: 'source',
    async run(lab, { server }) {
      const limits = { rejects: { count: 5, share: 0.1 }, vanished: { count: 5, share: 0.1 } };
      const source = { ...QUICK_SOURCE, headersTimeoutSeconds: 1, bodyTimeoutSeconds: 1 };
      const place = await openPlace(server.url, 'sourced', { limits, source });
      const sandbox = await startSandbox({ launches: LAUNCHES });
      try {
        await mustSucceed(place.cli(['run', '--migrate', '--source', sandbox.url]));
        checkAllCovered(lab);
        const cases = lab.short ? [CASES[lab.random(CASES.length)] ?? CASES[0]] : CASES;
        for (const one of cases) await faultOnce(lab, place, one, sandbox.url);
        await oddBodies(lab, place);
      } finally {
        await sandbox.close();
        await place.close();
      }
    },
  },
];

/** Checks that the lab has a case for every fault that the sandbox offers. */
function checkAllCovered(lab: Lab): void {
  const names = [...FAULTS_HELP.matchAll(/^  ([a-z0-9][a-z0-9-]*)(?:\[?=\S*)?\]? {2,}\S/gm)].map(
    ([, name = '']) => name,
  );
  const missing = names.filter((name) => !CASES.some(({ faults }) => faults.split(/[=@x]/)[0] === name));
  if (names.length < 15) missing.push(`only ${names.length} faults found in the help`);
  lab.tell('every sandbox fault has a case', missing);
}

/**
 * Checks that nothing from a failed resource is published, and that once the source has recovered, the next run
 * succeeds as if nothing had happened.
 */
async function faultOnce(lab: Lab, place: Place, { codes, faults }: Case, well: string): Promise<void> {
  const name = faults.split(/[=@]|x\d/)[0] ?? '';
  await lab.inject(`source: ${name}`, async () => {
    // The world is the same except for the fault, so neither a success nor a failure may change anything.
    const before = await digest(place);
    const sick = await startSandbox({ launches: LAUNCHES, faults });
    const result = await place.cli(['run', '--atomic', '--full', '--source', sick.url]);
    await sick.close();
    const lost: string[] = [];
    if (!codes.includes(result.code ?? -1))
      lost.push(`exit ${result.code} instead of ${codes.join(' or ')}: ${result.stderr.slice(-500)}`);
    const after = await digest(place);
    if (after.tables !== before.tables) lost.push(`the tables contain ${after.tables}, not ${before.tables}`);
    if (result.code !== 0) {
      // A resume would use all complete raw files, even the rejected ones, so this pulls again instead.
      const again = await place.cli(['run', '--source', well]);
      if (again.code !== 0) lost.push(`next run: exit ${again.code}: ${again.stderr.slice(-500)}`);
    }
    return [...lost, ...(await losses(place, before))].map((one) => `${faults}: ${one}`);
  });
}

/** Responses that no sandbox fault sends: damaged gzip data, truncated JSON, and repeated or missing records. */
async function oddBodies(lab: Lab, place: Place): Promise<void> {
  const world = await sandboxWorld({ launches: LAUNCHES });
  const at = pathOf('launches');
  const body = Buffer.from(world[at]?.body ?? '');
  const zipped = gzipSync(body);
  const records = JSON.parse(body.toString('utf8')) as readonly unknown[];
  const turns = lab.short ? 1 : 4;
  const gzip = { 'content-encoding': 'gzip' };
  const odd = async (fault: string, reply: World[string], codes: readonly number[]): Promise<void> => {
    await lab.inject(`source: ${fault}`, async () => {
      serve(place.api, { ...world, [at]: reply });
      const before = await digest(place);
      const { code, stderr } = await place.cli(['run', '--atomic', '--full', '--source', place.api.url]);
      const lost = codes.includes(code ?? -1) ? [] : [`exit ${code}: ${stderr.slice(-500)}`];
      const after = await digest(place);
      if (after.tables !== before.tables)
        lost.push(`the tables contain ${after.tables}, not ${before.tables}`);
      return [...lost, ...(await losses(place, after))];
    });
  };
  await odd('intact gzip', { body: zipped, headers: gzip }, [0]);
  for (let turn = 0; turn < turns; turn += 1) {
    const cut = lab.random(zipped.length);
    await odd('truncated gzip', { body: zipped.subarray(0, cut), headers: gzip }, [3]);
    const flipped = Buffer.from(zipped);
    const spot = 20 + lab.random(zipped.length - 20);
    flipped[spot] = (flipped[spot] ?? 0) ^ (1 << lab.random(8));
    await odd('flipped bit in gzip', { body: flipped, headers: gzip }, [3, 4]);
    if (lab.short) return;
    const text = body.subarray(0, lab.random(body.length));
    await odd('truncated JSON', { body: text }, [3]);
    const few = Array.from({ length: 3 }, () => records[lab.random(records.length)]);
    await odd('repeated records', { body: JSON.stringify([...records, ...few]) }, [0]);
    await odd('all records twice', { body: JSON.stringify([...records, ...records]) }, [4]);
    await odd(
      'a third of the records missing',
      { body: JSON.stringify(records.filter((_, index) => index % 3 !== turn % 3)) },
      [4],
    );
    await odd('suddenly empty', { body: '[]' }, [4]);
  }
}
