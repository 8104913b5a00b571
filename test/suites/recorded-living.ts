import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { withBoosters } from './odd-launches.ts';

type Recorded = Readonly<Record<string, unknown>>;

const DIR = join(
  process.env['SHARED_DATA'] ?? join(import.meta.dirname, '../../../shared/data'),
  'launch-library-2',
);
const FILES = {
  page: 'launches_2.3.0_normal_lldev_p1.json',
  two: 'launches_2.3.0_normal_prod_limit2.json',
  detailed: 'launch_2.3.0_detailed_prod_sputnik.json',
  landings: 'landings_2.3.0_normal_lldev_p1.json',
  snapshots: 'upcoming-2.2.0-snapshots.ndjson.gz',
} as const;

const missing = Object.values(FILES)
  .map((file) => join(DIR, file))
  .find((path) => !existsSync(path));

/** The reason for skipping tests of recorded launches, or false if the data exists. */
export const NO_LIVING: string | false =
  missing !== undefined &&
  `the recorded response ${missing} is missing (SHARED_DATA can name a different folder)`;

function read(file: keyof typeof FILES): Recorded {
  return JSON.parse(readFileSync(join(DIR, FILES[file]), 'utf8'));
}

function resultsOf(page: Recorded): readonly Recorded[] {
  return page['results'] as readonly Recorded[];
}

/** The records of a recorded page. */
export function recordedLaunches(file: 'page' | 'two'): readonly Recorded[] {
  return resultsOf(read(file));
}

export function detailedLaunch(): Recorded {
  return read('detailed');
}

/** A detailed launch for each recorded landing of a first stage. */
export function launchesWithBoosters(): readonly Recorded[] {
  return resultsOf(read('landings'))
    .filter(({ firststage }) => firststage !== null)
    .map(({ firststage, ...landing }, index) => {
      const { payloadflight: _payload, spacecraftflight: _spacecraft, ...own } = landing;
      return withBoosters(detailedLaunch(), index, [{ ...(firststage as Recorded), landing: own }]);
    });
}

/** Every recorded state of a launch, in the order of recording, in the format of version 2.2.0. */
export function recordedStates(): readonly Recorded[] {
  const lines = gunzipSync(readFileSync(join(DIR, FILES.snapshots)))
    .toString()
    .trim()
    .split('\n');
  return lines.flatMap((line) => resultsOf((JSON.parse(line) as Recorded)['body'] as Recorded));
}
