import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Where the recorded responses of the real service are; they are not part of the package. */
const SHARED_DATA = process.env['SHARED_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');
const DIR = join(SHARED_DATA, 'launch-library-2');

const FILES = {
  /** A page of 100 launches of August to November 2025. */
  page: 'launches_2.3.0_normal_lldev_p1.json',
  /** The first two launches in history. */
  two: 'launches_2.3.0_normal_prod_limit2.json',
  /** One launch in all detail; it has no boosters. */
  sputnik: 'launch_2.3.0_detailed_prod_sputnik.json',
  /** A page of 100 landings, 79 of them of first stages. */
  landings: 'landings_2.3.0_normal_lldev_p1.json',
  /** What version 2.2.0 answered 400 times from May to September 2025. */
  snapshots: 'upcoming-2.2.0-snapshots.ndjson.gz',
  openApi: 'openapi_2.3.0.json',
} as const;

/** JSON of the service, without types: the tests check its fields. */
// oxlint-disable-next-line typescript/no-explicit-any -- whose fields are what is tested
export type Json = { readonly [field: string]: any };

export type Snapshot = {
  /** To the minute, such as 20250503T1927. */
  readonly observed_at: string;
  readonly body: { readonly results: readonly Json[] };
};

const missing = Object.values(FILES)
  .map((file) => join(DIR, file))
  .find((path) => !existsSync(path));

/** The reason for skipping tests of recorded data; false if the data exist. */
export const NOT_RECORDED: string | false =
  missing !== undefined && `the recorded answer ${missing} is not there (SHARED_DATA names another folder)`;

/** The path of a recorded file, for the stand-in. */
export function recordedPath(file: keyof typeof FILES): string {
  return join(DIR, FILES[file]);
}

export function readRecorded(file: Exclude<keyof typeof FILES, 'snapshots'>): Json {
  return JSON.parse(readFileSync(recordedPath(file), 'utf8'));
}

/** In chronological order. */
export function readSnapshots(): readonly Snapshot[] {
  const lines = gunzipSync(readFileSync(recordedPath('snapshots')))
    .toString()
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Snapshot);
}
