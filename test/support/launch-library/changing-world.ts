import { SIMULATED_FROM } from '../../../src/sandbox/launch-library/simulated/timeline.ts';
import { createSimulatedWorld } from '../../../src/sandbox/launch-library/simulated/world.ts';
import {
  createWorld,
  type LaunchRecord,
  type LaunchWorld,
  type Listed,
} from '../../../src/sandbox/launch-library/world.ts';

/** The time at which most tests begin, in milliseconds since 1970. */
export const NOON = Date.UTC(2026, 0, 2, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A world that changes only when a test changes it. */
export type ChangingWorld = LaunchWorld & {
  /** Adds launches, or replaces launches with the same ids. */
  readonly put: (...records: readonly LaunchRecord[]) => void;
  readonly drop: (...ids: readonly string[]) => void;
};

export function createChangingWorld(records: readonly LaunchRecord[]): ChangingWorld {
  const standing = new Map<string, Listed>();
  const put = (...changed: readonly LaunchRecord[]): void => {
    for (const listed of createWorld(changed.map((record) => ({ record }))).at(Infinity)) {
      standing.set(listed.id, listed);
    }
  };
  put(...records);
  return {
    at: () => [...standing.values()],
    put,
    drop: (...ids) => ids.forEach((id) => standing.delete(id)),
  };
}

/** This many simulated launches in detailed mode, in their state at SIMULATED_FROM. */
export function simulatedLaunches(launches: number, seed = 1): readonly LaunchRecord[] {
  return createSimulatedWorld(seed, launches)
    .at(SIMULATED_FROM)
    .map(({ record }) => record());
}

/** The record after an update at this time, in milliseconds since 1970. */
export function updatedAt(record: LaunchRecord, time: number, changes: LaunchRecord = {}): LaunchRecord {
  return { ...record, ...changes, last_updated: `${new Date(time).toISOString().slice(0, 19)}Z` };
}
