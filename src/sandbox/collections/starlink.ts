import { collectionOf, type Collection } from '../collection.ts';
import { isoSeconds } from '../iso-time.ts';
import { createRandom, hash, pick, type Random } from '../random.ts';
import { outcomeOf } from '../universe/boosters.ts';
import {
  starlinkLaunchAt,
  starlinkLaunchesBefore,
  STARLINKS_PER_LAUNCH,
  type Mission,
} from '../universe/missions.ts';
import { launchSeconds } from '../universe/seasons.ts';
import type { Universe } from '../universe/universe.ts';
import { orbitOf, rounded, type Orbit } from './orbits.ts';
import { tleLines } from './tle.ts';

/** Satellites without a launch, so that the collection is never empty. */
const PROTOTYPES = 2;
const FIRST_STARLINK = 40_000;
const FIRST_OTHER = 900_000_000;
const SATELLITE = 131;
const DAY = 86_400;
const SHELLS = [
  [540, 53.05],
  [540, 53.05],
  [570, 70.01],
  [560, 97.66],
] as const;

/** The satellites of past launches. */
export function createStarlink(universe: Universe): Collection {
  const { ids, past, mission } = universe;
  const count = PROTOTYPES + STARLINKS_PER_LAUNCH * starlinkLaunchesBefore(mission(past));
  return collectionOf('starlink', ids.starlink, count, (index, id) => satellite(universe, index, id));
}

/** The catalog numbers of a payload that has flown. */
export function noradIdsOf(mission: Mission, payload: number): readonly number[] {
  if (mission.role !== 'starlink') return [FIRST_OTHER + payload];
  const first = FIRST_STARLINK + PROTOTYPES + STARLINKS_PER_LAUNCH * starlinkLaunchesBefore(mission);
  return Array.from({ length: STARLINKS_PER_LAUNCH }, (_, place) => first + place);
}

/** The satellite's position changes with each revision. */
function satellite(universe: Universe, index: number, id: string): object {
  const { seed, seasons, ids, past, revision } = universe;
  const prototype = index < PROTOTYPES;
  const ordinal = Math.floor((index - PROTOTYPES) / STARLINKS_PER_LAUNCH);
  const launch = prototype ? 0 : starlinkLaunchAt(seasons, ordinal);
  const lost = prototype || outcomeOf(seed, universe.mission(launch)) === false;
  const still = createRandom(hash(seed, index, SATELLITE));
  const decayed = lost || still(20) === 0;
  const [height, inclination] = SHELLS[ordinal % SHELLS.length] ?? SHELLS[0];
  const orbit = orbitOf(height + still(800) / 100, height + 10 + still(800) / 100);
  const moving = createRandom(hash(seed, index, SATELLITE + revision));
  const now = launchSeconds(seed, Math.max(0, past - 1)) - moving(7200);
  const launched = launchSeconds(seed, launch);
  const tracked = !decayed && still(30) > 0;
  return {
    spaceTrack: spaceTrack({ index, launched, now, decayed, inclination, orbit, random: moving }),
    version: prototype ? 'prototype' : `v${ordinal < 20 ? '1.0' : '1.5'}`,
    launch: prototype ? null : ids.launch.at(launch),
    longitude: tracked ? rounded(moving(360_000_000) / 1e6 - 180, 6) : null,
    latitude: tracked ? rounded((moving(2_000_001) / 1e6 - 1) * Math.min(inclination, 82.3), 6) : null,
    height_km: tracked ? orbit.periapsisKm + moving(1_000_000) / 1e6 : null,
    velocity_kms: tracked ? 7.5 + moving(1_000_000) / 1e7 : null,
    id,
  };
}

type Track = {
  readonly index: number;
  readonly launched: number;
  readonly now: number;
  readonly decayed: boolean;
  readonly inclination: number;
  readonly orbit: Orbit;
  readonly random: Random;
};

function spaceTrack({ index, launched, now, decayed, inclination, orbit, random }: Track): object {
  const number = FIRST_STARLINK + index;
  const name = `SIMULATED-${index + 1}`;
  const year = isoSeconds(launched).slice(0, 4);
  const piece = `${String(Math.floor(index / STARLINKS_PER_LAUNCH) + 1).padStart(3, '0')}${letter(index)}`;
  const [node, pericenter, anomaly] = [
    random(3_600_000) / 1e4,
    random(3_600_000) / 1e4,
    random(3_600_000) / 1e4,
  ];
  const elements = { number, year, piece, now, inclination, node, pericenter, anomaly, orbit };
  const [line1, line2] = tleLines(elements);
  const created = isoSeconds(now + 5400).replace('T', ' ');
  return {
    CCSDS_OMM_VERS: '2.0',
    COMMENT: 'SIMULATED ELEMENTS',
    CREATION_DATE: created,
    ORIGINATOR: 'SIMULATION',
    OBJECT_NAME: name,
    OBJECT_ID: `${year}-${piece}`,
    CENTER_NAME: 'EARTH',
    REF_FRAME: 'TEME',
    TIME_SYSTEM: 'UTC',
    MEAN_ELEMENT_THEORY: 'SGP4',
    EPOCH: `${isoSeconds(now).replace('T', ' ')}.000${random(1000).toString().padStart(3, '0')}`,
    MEAN_MOTION: orbit.meanMotion,
    ECCENTRICITY: orbit.eccentricity,
    INCLINATION: inclination,
    RA_OF_ASC_NODE: node,
    ARG_OF_PERICENTER: pericenter,
    MEAN_ANOMALY: anomaly,
    EPHEMERIS_TYPE: 0,
    CLASSIFICATION_TYPE: 'U',
    NORAD_CAT_ID: number,
    ELEMENT_SET_NO: 999,
    REV_AT_EPOCH: Math.floor(((now - launched) / DAY) * orbit.meanMotion) % 100_000,
    BSTAR: random(100_000) / 1e8,
    MEAN_MOTION_DOT: random(9999) / 1e8,
    MEAN_MOTION_DDOT: 0,
    SEMIMAJOR_AXIS: orbit.semiMajorAxisKm,
    PERIOD: orbit.periodMin,
    APOAPSIS: orbit.apoapsisKm,
    PERIAPSIS: orbit.periapsisKm,
    OBJECT_TYPE: 'PAYLOAD',
    RCS_SIZE: random(10) === 0 ? null : pick(random, ['LARGE', 'MEDIUM']),
    COUNTRY_CODE: random(40) === 0 ? null : 'SIM',
    LAUNCH_DATE: isoSeconds(launched).slice(0, 10),
    SITE: 'SIMRG',
    DECAY_DATE: decayed ? isoSeconds(launched + 20 * DAY).slice(0, 10) : null,
    DECAYED: decayed ? 1 : 0,
    FILE: 1_000_000 + index,
    GP_ID: 100_000_000 + index,
    TLE_LINE0: `0 ${name}`,
    TLE_LINE1: line1,
    TLE_LINE2: line2,
  };
}

function letter(index: number): string {
  return String.fromCodePoint(65 + (index % STARLINKS_PER_LAUNCH));
}
