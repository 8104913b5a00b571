import type { Universe } from './universe.ts';

/** Ids from this index on belong to canceled launches, with a block for each revision. */
const CANCELLED = 0xe000_0000;
const CANCELLED_PER_REVISION = 0x0400_0000;

export type Listed = {
  /** The launch; for a canceled launch, the launch that follows it. */
  readonly launch: number;
  readonly cancelled: boolean;
  /** The index of its id. */
  readonly idIndex: number;
};

export function listedCount({ known, cancelled }: Universe): number {
  return known + cancelled;
}

/** The entry at a position in the collection of launches. */
export function listedAt({ past, cancelled, revision }: Universe, position: number): Listed {
  if (position < past || cancelled === 0) return { launch: position, cancelled: false, idIndex: position };
  const block = Math.floor((position - past) / 5);
  const place = position - past - block * 5;
  const launch = past + block * 4 + Math.max(0, place - 1);
  return place === 0
    ? { launch, cancelled: true, idIndex: CANCELLED + revision * CANCELLED_PER_REVISION + block }
    : { launch, cancelled: false, idIndex: launch };
}

/** The position of the launch whose id has this index, or null. */
export function positionOfId(universe: Universe, idIndex: number): number | null {
  const { past, known, cancelled, revision } = universe;
  const block = idIndex - CANCELLED - revision * CANCELLED_PER_REVISION;
  if (block >= 0) return block < cancelled ? past + block * 5 : null;
  if (idIndex >= known) return null;
  const ahead = idIndex - past;
  return ahead < 0 || cancelled === 0 ? idIndex : past + ahead + Math.floor(ahead / 4) + 1;
}
