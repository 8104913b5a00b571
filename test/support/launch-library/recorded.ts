import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The folder with the real service's recorded responses, which are not part of the package. */
const SHARED_DATA = process.env['SHARED_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');
const DIR = join(SHARED_DATA, 'launch-library-2');

const FILES = {
  /** A page of 100 launches from August to November 2025. */
  page: 'launches_2.3.0_normal_lldev_p1.json',
  /** The first two launches in history. */
  two: 'launches_2.3.0_normal_prod_limit2.json',
  /** One launch in detailed mode, without boosters. */
  sputnik: 'launch_2.3.0_detailed_prod_sputnik.json',
  /** A page of 100 landings, 79 of which are landings of first stages. */
  landings: 'landings_2.3.0_normal_lldev_p1.json',
  /** 400 responses from version 2.2.0, from May to September 2025. */
  snapshots: 'upcoming-2.2.0-snapshots.ndjson.gz',
  openApi: 'openapi_2.3.0.json',
} as const;

/** The service's JSON, without types, because the tests check its fields. */
// oxlint-disable-next-line typescript/no-explicit-any -- whose fields are what is tested
export type Json = { readonly [field: string]: any };

export type Snapshot = {
  /** With the precision of a minute, such as 20250503T1927. */
  readonly observed_at: string;
  readonly body: { readonly results: readonly Json[] };
};

const missing = Object.values(FILES)
  .map((file) => join(DIR, file))
  .find((path) => !existsSync(path));

/** The reason to skip tests with recorded responses; false if the responses exist. */
export const NOT_RECORDED: string | false =
  missing !== undefined &&
  `the recorded response ${missing} does not exist (SHARED_DATA can name a different folder)`;

/** The path of a recorded file, which the stand-in can serve. */
export function recordedPath(file: keyof typeof FILES): string {
  return join(DIR, FILES[file]);
}

export function readRecorded(file: Exclude<keyof typeof FILES, 'snapshots'>): Json {
  return JSON.parse(readFileSync(recordedPath(file), 'utf8'));
}

/** The recorded snapshots, in chronological order. */
export function readSnapshots(): readonly Snapshot[] {
  const lines = gunzipSync(readFileSync(recordedPath('snapshots')))
    .toString()
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Snapshot);
}
