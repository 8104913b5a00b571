import type { LaunchState } from '../../../src/sandbox/launch-library/world.ts';
import { fromVersion220 } from './from-2.2.0.ts';
import { readSnapshots, type Json } from './recorded.ts';

/** The states of launches that were recorded over four months, converted to version 2.3.0. */
export type RecordedStates = {
  /** Each version of each launch once, as it was first seen. A version is valid from its `last_updated` on. */
  readonly states: readonly (LaunchState & { readonly record: Json })[];
  /** The last second of each minute in which launches were recorded, in milliseconds since 1970, in order. */
  readonly minutes: readonly number[];
};

export function readRecordedStates(): RecordedStates {
  const snapshots = readSnapshots();
  const versions = new Map<string, Json>();
  for (const launch of snapshots.flatMap(({ body }) => body.results)) {
    const version = `${launch['id']} ${launch['last_updated']}`;
    if (!versions.has(version)) versions.set(version, launch);
  }
  return {
    states: [...versions.values()].map((launch) => ({ record: fromVersion220(launch) })),
    minutes: snapshots.map(({ observed_at: minute }) => lastSecondOf(minute)),
  };
}

function lastSecondOf(minute: string): number {
  const [, date = '', hour = '', minutes = ''] = /^(\d{8})T(\d\d)(\d\d)$/.exec(minute) ?? [];
  const day = date.replace(/^(....)(..)(..)$/, '$1-$2-$3');
  return Date.parse(`${day}T${hour}:${minutes}:59Z`);
}
