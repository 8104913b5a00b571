import { hash, roll } from '../../random.ts';

/** The time at which exactly the requested number of launches is listed. */
export const SIMULATED_FROM = Date.UTC(2026, 0, 1);

/** The state of a launch at a given time. Launches have numbers, called slots, in order of flight. */
export type Moment = {
  readonly slot: number;
  readonly flight: number;
  /** The number of updates of the plan so far, including the announcement. */
  readonly revision: number;
  /** The time of the latest plan update. */
  readonly revised: number;
  /**
   * The number of updates since lift-off, in this order: in flight, payload deployed, outcome known, boosters known,
   * designator known.
   */
  readonly stage: 0 | 1 | 2 | 3 | 4 | 5;
  /** The time of the latest update of any kind, including fractions of a second, which the record does not show. */
  readonly updated: number;
};

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const GAP = 60 * HOUR;
const AHEAD = 90 * DAY;
/** The last launch that is known at SIMULATED_FROM. */
const LAST_KNOWN = AHEAD / GAP;
const AFTER_FLIGHT = [5000, 45 * MINUTE, 75 * MINUTE, 26 * HOUR, 9 * DAY] as const;
/** The interval of bulk updates, in which a librarian edits a third of all launches within one second. */
const BULK_GAP = 14 * DAY;
const BULK_PARTS = 3;
const CANCELLED_BEFORE = 20 * DAY;

const FLIGHT = 31;
const PERIOD = 32;
const CANCELLED = 33;
const FRACTION = 34;

/** The first and last slots listed at the given time; a few slots between them are missing. */
export function slotsAt(launches: number, time: number): readonly [first: number, last: number] {
  return [LAST_KNOWN + 1 - launches, Math.floor((time + AHEAD - SIMULATED_FROM) / GAP)];
}

export function flightOf(seed: number, slot: number): number {
  return SIMULATED_FROM + slot * GAP + MINUTE * (roll(seed, slot, FLIGHT) % (40 * 60));
}

/** The state of a launch; null if it has not been announced yet or is no longer planned. */
export function momentOf(seed: number, slot: number, time: number): Moment | null {
  const announced = SIMULATED_FROM + slot * GAP - AHEAD;
  const flight = flightOf(seed, slot);
  if (time < announced) return null;
  if (isCancelled(seed, slot) && time >= flight - CANCELLED_BEFORE) return null;

  const stage = AFTER_FLIGHT.filter((_, index) => afterFlight(seed, slot, flight, index) <= time).length;
  const revisedAt = (revision: number): number => revisionTime(seed, slot, announced, revision);
  const most = Math.floor((flight - HOUR - announced) / periodOf(seed, slot)) + 1;
  let revision = Math.min(most, Math.floor((time - announced) / periodOf(seed, slot)) + 1);
  if (revision > 1 && revisedAt(revision) > time) revision -= 1;
  const revised = revisedAt(revision);
  const own = stage === 0 ? revised : afterFlight(seed, slot, flight, stage - 1);
  const updated = Math.max(own, bulkBefore(seed, slot, announced, time));
  return { slot, flight, revision, revised, stage: stage as Moment['stage'], updated };
}

function revisionTime(seed: number, slot: number, announced: number, revision: number): number {
  const first = revision === 1;
  return announced + (revision - 1) * periodOf(seed, slot) + (first ? 0 : fraction(seed, slot, revision));
}

/** The times of all updates of the plan so far. */
export function revisionTimes(seed: number, { slot, revision }: Moment): readonly number[] {
  const announced = SIMULATED_FROM + slot * GAP - AHEAD;
  return Array.from({ length: revision }, (_, index) => revisionTime(seed, slot, announced, index + 1));
}

/** The number of launches that have flown by the given time. */
export function flownBy(seed: number, launches: number, time: number): number {
  const [first] = slotsAt(launches, time);
  let next = Math.floor((time - SIMULATED_FROM) / GAP) + 1;
  while (flightOf(seed, next - 1) > time) next -= 1;
  return Math.max(0, next - first);
}

function periodOf(seed: number, slot: number): number {
  return 2 * DAY + MINUTE * (roll(seed, slot, PERIOD) % (6 * 24 * 60));
}

function afterFlight(seed: number, slot: number, flight: number, index: number): number {
  return flight + (AFTER_FLIGHT[index] ?? 0) + fraction(seed, slot, -index - 1);
}

/** The time of the latest bulk update of this launch, or 0. */
function bulkBefore(seed: number, slot: number, announced: number, time: number): number {
  let bulk = Math.floor((time - SIMULATED_FROM) / BULK_GAP);
  // A loop instead of a remainder, because `%` returns the sign of the dividend.
  while ((bulk - slot) % BULK_PARTS !== 0) bulk -= 1;
  const at = (number: number): number =>
    SIMULATED_FROM + number * BULK_GAP + (roll(seed, slot, FRACTION) % 900);
  const latest = at(bulk) <= time ? at(bulk) : at(bulk - BULK_PARTS);
  return latest >= announced ? latest : 0;
}

function isCancelled(seed: number, slot: number): boolean {
  return slot > LAST_KNOWN && hash(seed, slot, CANCELLED) % 40 === 0;
}

function fraction(seed: number, slot: number, event: number): number {
  return roll(seed, slot * 64 + event, FRACTION) % 1000;
}
