import { hash } from '../random.ts';

/** The purpose of a launch. */
export type Role = 'satellite' | 'rideshare' | 'starlink' | 'heavy' | 'cargo' | 'crew';

/**
 * Two years of launches, in groups of twelve. The launches of a season share its cores, capsules and crews, which do
 * not fly in any other season. This makes it possible to compute both what flies on a launch and which launches
 * something flies on.
 */
export type Season = {
  readonly firstGroup: number;
  readonly groups: number;
  /** The roles are the same in each group of the season. */
  readonly roles: readonly Role[];
  /** Positions within a group. The value is GROUP, which is not a valid position, if the group has no such launch. */
  readonly heavy: number;
  readonly rideshare: number;
  readonly cargo: number;
  readonly crew: number;
  readonly starlink: readonly number[];
  /** The number of core seats in a group. */
  readonly seats: number;
  /** A slot is a series of flights, flown by one core after another. */
  readonly firstSlot: number;
  readonly slots: number;
  /** Each team has a crew, a crew capsule and a cargo capsule, and flies at most three times. */
  readonly firstTeam: number;
  readonly teams: number;
};

/** Launches before the first season, each with its own core. */
export const EARLY = 5;
export const GROUP = 12;

const YEAR = 365.25 * 24 * 3600;
const FIRST_LAUNCH = Date.UTC(2010, 0, 4) / 1000;
const ROTATION = 31;
const JITTER = 32;
/** Sixty seasons contain a hundred million launches. */
const SEASONS = 64;
const FIRST_HEAVY_SEASON = 3;
const PATTERN: readonly Role[] = [
  'cargo',
  'satellite',
  'starlink',
  'heavy',
  'satellite',
  'crew',
  'starlink',
  'rideshare',
  'satellite',
  'starlink',
  'satellite',
  'satellite',
];

export function createSeasons(seed: number): readonly Season[] {
  const seasons: Season[] = [];
  let [firstSlot, firstTeam] = [0, 0];
  for (let index = 0; index < SEASONS; index += 1) {
    const firstGroup = firstGroupOf(index);
    const groups = firstGroupOf(index + 1) - firstGroup;
    const hasHeavy = index >= FIRST_HEAVY_SEASON;
    const roles = rotated(hash(seed, index, ROTATION) % GROUP, hasHeavy);
    const at = (role: Role): number => (roles.includes(role) ? roles.indexOf(role) : GROUP);
    const seats = hasHeavy ? GROUP + 2 : GROUP;
    // Two more slots if three cores can fly together, so that no core flies again within days.
    const slots = Math.ceil((groups * seats) / GROUP) + (hasHeavy ? 2 : 0);
    const teams = Math.ceil(groups / 3);
    seasons.push({
      firstGroup,
      groups,
      roles,
      heavy: at('heavy'),
      rideshare: at('rideshare'),
      cargo: at('cargo'),
      crew: at('crew'),
      starlink: [...roles.keys()].filter((position) => roles[position] === 'starlink'),
      seats,
      firstSlot,
      slots,
      firstTeam,
      teams,
    });
    firstSlot += slots;
    firstTeam += teams;
  }
  return seasons;
}

/** The season that contains an index. `first` determines what the index counts. */
export function seasonAt(
  seasons: readonly Season[],
  index: number,
  first: 'firstSlot' | 'firstTeam' | 'firstGroup',
): Season {
  const found = seasons.findLast((season) => season[first] <= index);
  if (found === undefined) throw new RangeError(`no season has index ${index}`);
  return found;
}

/** Like `seasonAt` for groups, but usually without a search. */
export function seasonOfGroup(seasons: readonly Season[], group: number): Season {
  const guess = Math.floor(4 * Math.log(1 + group / 2.5));
  const season = seasons[guess];
  return season !== undefined && season.firstGroup <= group && group < season.firstGroup + season.groups
    ? season
    : seasonAt(seasons, group, 'firstGroup');
}

/**
 * The times of launches, in order and in whole minutes. Launches become more frequent: the first 200 take 16 years, the
 * first million 84 years.
 */
export function launchSeconds(seed: number, launch: number): number {
  const gap = (8 * YEAR) / (31 + launch);
  const jitter = (gap / 2) * (hash(seed, launch, JITTER) / 2 ** 32);
  const seconds = FIRST_LAUNCH + 8 * YEAR * Math.log(1 + launch / 30) + jitter;
  return 60 * Math.floor(seconds / 60);
}

/** Derived from `launchSeconds`: a season lasts two years, except for rounding. */
function firstGroupOf(season: number): number {
  return Math.ceil(2.5 * (Math.exp(season / 4) - 1));
}

function rotated(by: number, hasHeavy: boolean): readonly Role[] {
  return [...PATTERN.slice(by), ...PATTERN.slice(0, by)].map((role) =>
    role === 'heavy' && !hasHeavy ? 'satellite' : role,
  );
}
