import { roll } from '../random.ts';
import { landpadOf, type LandingType } from './fleet.ts';
import { launchAt, missionOf, placeOf, positionOf, type Mission } from './missions.ts';
import { EARLY, GROUP, seasonAt, type Season } from './seasons.ts';

/** How a core's last flight ended, or why it does not fly again. */
export type Fate = 'lost' | 'failure' | 'expended' | 'ocean' | 'retired' | 'inactive' | 'unknown';

/** One core on one launch, past or future. */
export type CoreFlight = {
  readonly core: number;
  readonly flight: number;
  /** Null if the core flies again. */
  readonly fate: Fate | null;
  /** Null if the core does not attempt a landing. */
  readonly landing: LandingType | null;
  readonly landed: boolean | null;
  /** Null if the core does not land on a pad. */
  readonly landpad: number | null;
};

const CUT = 41;
const FATE = 42;
const LANDING = 43;
const OUTCOME = 44;
const FATES: readonly Fate[] = [
  'lost',
  'lost',
  'lost',
  'lost',
  'failure',
  'failure',
  'expended',
  'expended',
  'expended',
  'ocean',
  'retired',
  'retired',
  'retired',
  'inactive',
  'inactive',
  'unknown',
];

export function seatCount({ role }: Mission): number {
  return role === 'heavy' ? 3 : 1;
}

export function coreFlight(seed: number, mission: Mission, seat: number): CoreFlight {
  const { launch, early, season, group, position, role } = mission;
  if (early) {
    const fate = launch < 2 ? 'failure' : 'expended';
    return { core: launch, flight: 1, fate, landing: null, landed: null, landpad: null };
  }
  const place = group * season.seats + placeOf(position, season.heavy) + seat;
  const round = Math.floor(place / season.slots);
  const slot = place - round * season.slots;
  const cut = cutOf(seed, season.firstSlot + slot);
  const second = round >= cut ? 1 : 0;
  const core = EARLY + 2 * (season.firstSlot + slot) + second;
  const rounds = roundsOf(season, slot);
  const isLast = round === rounds - 1 || round === cut - 1;
  const fate = isLast ? fateOf(seed, core, mission, seat) : null;
  const flight = round - second * cut + 1;
  if (fate === 'expended') return { core, flight, fate, landing: null, landed: null, landpad: null };
  const die = roll(seed, launch, LANDING);
  if (fate === 'ocean') return { core, flight, fate, landing: 'Ocean', landed: die % 3 > 0, landpad: null };
  const returns = role === 'heavy' ? seat > 0 : die % 3 === 0;
  const landing = returns ? 'RTLS' : 'ASDS';
  const landed = fate === 'failure' ? null : fate !== 'lost';
  return { core, flight, fate, landing, landed, landpad: landpadOf(launch, landing, (die >>> 8) + seat) };
}

/** Null if unknown. */
export function outcomeOf(
  seed: number,
  mission: Mission,
  first: CoreFlight = coreFlight(seed, mission, 0),
): boolean | null {
  if (first.fate === 'failure') return false;
  return roll(seed, mission.launch, OUTCOME) % 100 === 0 ? null : true;
}

/** Every flight of a core, in order, including future ones. */
export function flightsOfCore(
  seed: number,
  seasons: readonly Season[],
  core: number,
): readonly { readonly mission: Mission; readonly flight: CoreFlight }[] {
  if (core < EARLY) {
    const mission = missionOf(seasons, core);
    return [{ mission, flight: coreFlight(seed, mission, 0) }];
  }
  const slotOfAll = (core - EARLY) >> 1;
  const season = seasonAt(seasons, slotOfAll, 'firstSlot');
  const slot = slotOfAll - season.firstSlot;
  const cut = cutOf(seed, slotOfAll);
  const rounds = roundsOf(season, slot);
  const [from, to] = (core - EARLY) % 2 === 0 ? [0, Math.min(cut, rounds)] : [cut, rounds];
  const flights = [];
  for (let round = from; round < to; round += 1) {
    const place = round * season.slots + slot;
    const group = Math.floor(place / season.seats);
    const placeInGroup = place - group * season.seats;
    const position = positionOf(placeInGroup, season.heavy);
    const mission = missionOf(seasons, launchAt(season, group, position));
    const seat = placeInGroup - placeOf(position, season.heavy);
    flights.push({ mission, flight: coreFlight(seed, mission, seat) });
  }
  return flights;
}

/** The number of cores that exist when this number of launches is known. Some of the cores have not flown yet. */
export function coresFor(seasons: readonly Season[], launches: number): number {
  const { season, group } = missionOf(seasons, Math.max(0, launches - 1));
  return EARLY + 2 * (season.firstSlot + Math.min(season.slots, (group + 1) * season.seats));
}

/** The round in which a slot gets its second core. Early rounds are more likely, so most cores fly once or twice. */
function cutOf(seed: number, slot: number): number {
  const die = roll(seed, slot, CUT);
  return 1 + Math.min(die % (GROUP - 1), (die >>> 16) % (GROUP - 1));
}

function roundsOf({ groups, seats, slots }: Season, slot: number): number {
  return Math.ceil((groups * seats - slot) / slots);
}

function fateOf(seed: number, core: number, { role }: Mission, seat: number): Fate {
  const fate = FATES[roll(seed, core, FATE) % FATES.length] ?? 'unknown';
  // A launch with a capsule cannot fail, because the capsule flies again, and a side booster does not make a launch
  // fail.
  const spared = seat > 0 || role === 'cargo' || role === 'crew';
  return fate === 'failure' && spared ? 'lost' : fate;
}
