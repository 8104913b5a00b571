import { hash } from './random.ts';

/** The position of a kind in this list determines its ids. */
export const KINDS = [
  'launch',
  'rocket',
  'payload',
  'core',
  'crew',
  'ship',
  'capsule',
  'launchpad',
  'landpad',
  'dragon',
  'starlink',
  'roadster',
  'company',
  'history',
] as const;

export type Kind = (typeof KINDS)[number];

/** The ids of one kind of record: 24 hex digits, the last 8 of which are a counter. */
export type Ids = {
  readonly at: (index: number) => string;
  /** The index of an id that `at` returned, otherwise null. */
  readonly indexOf: (id: string) => number | null;
};

/** A lookup table, because toString and padStart take three times as long. */
const TWO_DIGITS = Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0'));

export function createIds(seed: number, kind: Kind): Ids {
  const salt = KINDS.indexOf(kind) + 1;
  const prefix = hex8(hash(seed, 0, salt)) + hex8(hash(seed, 1, salt));
  let [high, begin] = [0, `${prefix}0000`];
  return {
    at(index) {
      // Consecutive ids usually differ only in the last four digits.
      if (index >>> 16 !== high) [high, begin] = [index >>> 16, prefix + hex4(index >>> 16)];
      return begin + hex4(index & 0xffff);
    },
    indexOf: (id) =>
      id.startsWith(prefix) && /^[0-9a-f]{24}$/.test(id) ? Number.parseInt(id.slice(16), 16) : null,
  };
}

function hex8(value: number): string {
  return hex4(value >>> 16) + hex4(value & 0xffff);
}

function hex4(value: number): string {
  return `${TWO_DIGITS[value >>> 8]}${TWO_DIGITS[value & 255]}`;
}
