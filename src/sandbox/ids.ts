import { hash } from './random.ts';

const KINDS = {
  launch: 1,
  rocket: 2,
  payload: 3,
  core: 4,
  crew: 5,
  ship: 6,
  capsule: 7,
  launchpad: 8,
  landpad: 9,
};

/** The ids of one kind of thing: 24 hex digits, of which the last 8 count. */
export type Ids = {
  readonly at: (index: number) => string;
  /** The index of an id that `at` gave, or null. */
  readonly indexOf: (id: string) => number | null;
};

export function createIds(seed: number, kind: keyof typeof KINDS): Ids {
  const prefix = hex8(hash(seed, 0, KINDS[kind])) + hex8(hash(seed, 1, KINDS[kind]));
  return {
    at: (index) => prefix + hex8(index),
    indexOf: (id) =>
      id.startsWith(prefix) && /^[0-9a-f]{24}$/.test(id) ? Number.parseInt(id.slice(16), 16) : null,
  };
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
