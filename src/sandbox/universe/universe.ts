import { createIds, type Ids, type Kind, KINDS } from '../ids.ts';
import { missionOf, type Mission } from './missions.ts';
import { createSeasons, type Season } from './seasons.ts';

/** The newest state, and how many there are. */
export const REVISIONS = 3;

/**
 * One state of a made-up world. Launches have numbers from 0 on, the same in all states, in the order of time. The
 * first `past` have flown; those below `near` have cores and payloads; those below `known` are planned.
 */
export type Universe = {
  readonly seed: number;
  readonly revision: number;
  readonly past: number;
  readonly near: number;
  readonly known: number;
  /** Plans of this state that come to nothing: one before every four launches to come. None in the newest. */
  readonly cancelled: number;
  readonly seasons: readonly Season[];
  readonly ids: Readonly<Record<Kind, Ids>>;
  readonly mission: (launch: number) => Mission;
};

/** `launches` is how many the newest state has. */
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
