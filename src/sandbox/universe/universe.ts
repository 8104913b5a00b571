import { createIds, type Ids, type Kind, KINDS } from '../ids.ts';
import { missionOf, type Mission } from './missions.ts';
import { createSeasons, type Season } from './seasons.ts';

/** How many states there are, which is also the number of the newest state. */
export const REVISIONS = 3;

/**
 * One state of an invented world. Launches are numbered from 0 in chronological order, with the same number in all
 * states. Launches below `past` have flown, launches below `near` have cores and payloads, and launches below `known`
 * have at least been planned.
 */
export type Universe = {
  readonly seed: number;
  readonly revision: number;
  readonly past: number;
  readonly near: number;
  readonly known: number;
  /**
   * The number of planned launches in this state that will be canceled: one before every four future launches, and
   * none in the newest state.
   */
  readonly cancelled: number;
  readonly seasons: readonly Season[];
  readonly ids: Readonly<Record<Kind, Ids>>;
  readonly mission: (launch: number) => Mission;
};

/** `launches` is the number of launches in the newest state. */
export function createUniverse(seed: number, launches: number, revision = REVISIONS): Universe {
  const age = REVISIONS - revision;
  const upcoming = launches < 2 ? 0 : Math.max(1, Math.round(launches / 12));
  const step = Math.min(Math.ceil(launches / 40), Math.floor(launches / 8));
  const past = Math.max(0, launches - upcoming - age * step);
  const known = Math.max(0, launches - age * step);
  const seasons = createSeasons(seed);
  return {
    seed,
    revision,
    past,
    near: past + Math.ceil((known - past) / 2),
    known,
    cancelled: age === 0 ? 0 : Math.ceil((known - past) / 4),
    seasons,
    ids: Object.fromEntries(KINDS.map((kind) => [kind, createIds(seed, kind)])) as Record<Kind, Ids>,
    mission: (launch) => missionOf(seasons, launch),
  };
}
