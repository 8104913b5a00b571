/** A whole number from 0 up to, but not including, the bound. */
export type Random = (bound: number) => number;

const UINT32 = 2 ** 32;

/** 32 well-mixed bits, which are always the same for the same seed, index and salt. */
export function hash(seed: number, index: number, salt: number): number {
  return mix(mix(mix(seed + 0x9e3779b9) ^ index) ^ salt) >>> 0;
}

/** Like `hash`, but with 30 bits, because computing remainders is then many times faster. */
export function roll(seed: number, index: number, salt: number): number {
  return hash(seed, index, salt) >>> 2;
}

/** Whether this index belongs to the given share of all indexes. */
export function chosen(share: number, seed: number, index: number, salt: number): boolean {
  return hash(seed, index, salt) < share * UINT32;
}

/** The mulberry32 sequence starting at `state`. */
export function createRandom(state: number): Random {
  let current = state | 0;
  return (bound) => {
    current = (current + 0x6d2b79f5) | 0;
    let bits = Math.imul(current ^ (current >>> 15), 1 | current);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / UINT32) * bound);
  };
}

export function pick<T extends string | number | object>(random: Random, from: readonly [T, ...T[]]): T {
  return from[random(from.length)] ?? from[0];
}

function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
