import { EARLY, GROUP, seasonAt, seasonOfGroup, type Role, type Season } from './seasons.ts';

/** The position of a launch among all launches. */
export type Mission = {
  readonly launch: number;
  /** Whether the launch is before the first season. If so, `season` is meaningless. */
  readonly early: boolean;
  readonly season: Season;
  /** Within its season. */
  readonly group: number;
  /** Within its group. */
  readonly position: number;
  readonly role: Role;
};

export const CREW_SEATS = 4;
export const STARLINKS_PER_LAUNCH = 24;
const STARLINK_LAUNCHES_PER_GROUP = 3;
const PAYLOADS_PER_GROUP = GROUP + 2;

export function missionOf(seasons: readonly Season[], launch: number): Mission {
  const later = Math.max(0, launch - EARLY);
  const group = Math.floor(later / GROUP);
  const position = later - group * GROUP;
  const season = seasonOfGroup(seasons, group);
  const early = launch < EARLY;
  const role = early ? 'satellite' : (season.roles[position] ?? 'satellite');
  return { launch, early, season, group: group - season.firstGroup, position, role };
}

export function launchAt(season: Season, group: number, position: number): number {
  return EARLY + GROUP * (season.firstGroup + group) + position;
}

/** The first place of a position. Every position has one place, except for `triple`, which has three. */
export function placeOf(position: number, triple: number): number {
  return position > triple ? position + 2 : position;
}

/** The position to which a place belongs. */
export function positionOf(place: number, triple: number): number {
  return place > triple ? Math.max(triple, place - 2) : place;
}

/** The number of a launch's first payload, which is also the number of payloads of earlier launches. */
export function firstPayload({ launch, early, season, group, position }: Mission): number {
  if (early) return launch;
  return EARLY + PAYLOADS_PER_GROUP * (season.firstGroup + group) + placeOf(position, season.rideshare);
}

export function payloadCount({ role }: Mission): number {
  return role === 'rideshare' ? 3 : 1;
}

export function launchOfPayload(seasons: readonly Season[], payload: number): number {
  if (payload < EARLY) return payload;
  const group = Math.floor((payload - EARLY) / PAYLOADS_PER_GROUP);
  const season = seasonOfGroup(seasons, group);
  const place = payload - EARLY - group * PAYLOADS_PER_GROUP;
  return launchAt(season, group - season.firstGroup, positionOf(place, season.rideshare));
}

/** The number of Starlink launches before this one. */
export function starlinkLaunchesBefore({ early, season, group, position }: Mission): number {
  if (early) return 0;
  const inGroup = season.starlink.filter((other) => other < position).length;
  return STARLINK_LAUNCHES_PER_GROUP * (season.firstGroup + group) + inGroup;
}

export function starlinkLaunchAt(seasons: readonly Season[], ordinal: number): number {
  const group = Math.floor(ordinal / STARLINK_LAUNCHES_PER_GROUP);
  const season = seasonOfGroup(seasons, group);
  const position = season.starlink[ordinal % STARLINK_LAUNCHES_PER_GROUP] ?? 0;
  return launchAt(season, group - season.firstGroup, position);
}

/** The team of a crew or cargo launch. */
export function teamOf({ season, group }: Mission): number {
  return season.firstTeam + (group % season.teams);
}

/** All launches of a team in one of its two roles, in order. */
export function launchesOfTeam(
  seasons: readonly Season[],
  team: number,
  role: 'cargo' | 'crew',
): readonly number[] {
  const season = seasonAt(seasons, team, 'firstTeam');
  const launches = [];
  for (let group = team - season.firstTeam; group < season.groups; group += season.teams) {
    launches.push(launchAt(season, group, season[role]));
  }
  return launches;
}

/** The number of teams that exist once this many launches are known. */
export function teamsFor(seasons: readonly Season[], launches: number): number {
  const { season, group } = missionOf(seasons, Math.max(0, launches - 1));
  return season.firstTeam + Math.min(season.teams, group + 1);
}

export function firstHeavyLaunch(seasons: readonly Season[]): number {
  const season = seasons.find(({ heavy }) => heavy < GROUP) ?? seasonAt(seasons, 0, 'firstGroup');
  return launchAt(season, 0, season.heavy);
}
