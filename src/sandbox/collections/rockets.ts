import { collectionOf, type Collection } from '../collection.ts';
import { isoSeconds } from '../iso-time.ts';
import { firstHeavyLaunch } from '../universe/missions.ts';
import { EARLY, launchSeconds } from '../universe/seasons.ts';
import type { Universe } from '../universe/universe.ts';

/** The properties in which the invented rockets differ; the rest of a record is derived from them. */
type Design = {
  readonly name: string;
  readonly active: boolean;
  readonly boosters: number;
  readonly cost: number;
  readonly successRate: number;
  readonly meters: readonly [height: number, diameter: number];
  readonly kilograms: number;
  readonly orbits: readonly (readonly [id: string, name: string, kilograms: number])[];
  readonly reusable: readonly [firstStage: boolean, secondStage: boolean];
  readonly engines: readonly [firstStage: number, secondStage: number];
  readonly engine: readonly [type: string, version: string, layout: string | null, kilonewtons: number];
  readonly engineLossMax: number | null;
  readonly burnSeconds: readonly [firstStage: number | null, secondStage: number | null];
  readonly propellant: string;
  readonly legs: readonly [number: number, material: string | null];
  readonly description: string;
};

const LEO = ['leo', 'Low Earth Orbit'] as const;
const GTO = ['gto', 'Geosynchronous Transfer Orbit'] as const;

/** In order of first flight, as in the collection. */
const DESIGNS: readonly [Design, ...Design[]] = [
  {
    name: 'Heron 1 (simulated)',
    active: false,
    boosters: 0,
    cost: 7_150_000,
    successRate: 60,
    meters: [24.5, 1.8],
    kilograms: 33_420,
    orbits: [[...LEO, 510]],
    reusable: [false, false],
    engines: [1, 1],
    engine: ['finch', '1A', 'single', 455],
    engineLossMax: 0,
    burnSeconds: [158, 341],
    propellant: 'RP-1 kerosene',
    legs: [0, null],
    description: 'Simulated. A small rocket that was never built and flew five times.',
  },
  {
    name: 'Heron 9 (simulated)',
    active: true,
    boosters: 0,
    cost: 48_000_000,
    successRate: 97.5,
    meters: [68.4, 3.6],
    kilograms: 541_300,
    orbits: [
      [...LEO, 21_900],
      [...GTO, 7_950],
    ],
    reusable: [true, false],
    engines: [9, 1],
    engine: ['finch', '2C+', 'ring of eight and one', 838],
    engineLossMax: 2,
    burnSeconds: [165, 388],
    propellant: 'RP-1 kerosene',
    legs: [4, 'carbon fibre'],
    description: 'Simulated. The workhorse of this universe; its first stage lands "most of the time".',
  },
  {
    name: 'Heron Heavy (simulated)',
    active: true,
    boosters: 2,
    cost: 93_500_000,
    successRate: 100,
    meters: [69.1, 11.4],
    kilograms: 1_398_000,
    orbits: [
      [...LEO, 61_200],
      [...GTO, 25_700],
      ['moon', 'Lunar Transfer', 19_300],
    ],
    reusable: [true, false],
    engines: [27, 1],
    engine: ['finch', '2C+', 'ring of eight and one', 838],
    engineLossMax: 6,
    burnSeconds: [171, 388],
    propellant: 'RP-1 kerosene',
    legs: [12, 'carbon fibre'],
    description: 'Simulated. Three first stages of a Heron 9, side by side.',
  },
  {
    name: 'Albatros Größe L (simulated)',
    active: false,
    boosters: 0,
    cost: 8_200_000_000,
    successRate: 0,
    meters: [117, 9.2],
    kilograms: 1_287_000,
    orbits: [[...LEO, 97_000]],
    reusable: [true, true],
    engines: [31, 6],
    engine: ['condor', '', null, 1_790],
    engineLossMax: null,
    burnSeconds: [null, null],
    propellant: 'liquid methane',
    legs: [6, 'stainless steel'],
    description: 'Simulated. Meant for places far away; still on the ground.',
  },
];

/** The first flight of the rocket that has not flown yet. */
const PLANNED_FLIGHT = '2024-02-29';

/** Four rockets in the shape of /v4/rockets, the same in all states. */
export function createRockets({ seed, seasons, ids }: Universe): Collection {
  const firstLaunches = [0, EARLY, firstHeavyLaunch(seasons)];
  return collectionOf('rockets', ids.rocket, DESIGNS.length, (index, id) => {
    const launch = firstLaunches[index];
    const day = launch === undefined ? PLANNED_FLIGHT : isoSeconds(launchSeconds(seed, launch)).slice(0, 10);
    return rocket(DESIGNS[index] ?? DESIGNS[0], day, id);
  });
}

function rocket(design: Design, firstFlight: string, id: string): object {
  const [engineType, version, layout, kilonewtons] = design.engine;
  const seaLevel = thrust(kilonewtons * design.engines[0]);
  const vacuum = thrust(kilonewtons * design.engines[0] * 1.08);
  return {
    height: metersAndFeet(design.meters[0]),
    diameter: metersAndFeet(design.meters[1]),
    mass: { kg: design.kilograms, lb: pounds(design.kilograms) },
    first_stage: {
      thrust_sea_level: seaLevel,
      thrust_vacuum: vacuum,
      reusable: design.reusable[0],
      engines: design.engines[0],
      fuel_amount_tons: Math.round(design.kilograms / 140) / 10,
      burn_time_sec: design.burnSeconds[0],
    },
    second_stage: {
      thrust: thrust(kilonewtons * design.engines[1]),
      payloads: {
        composite_fairing: { height: metersAndFeet(12.7), diameter: { meters: null, feet: null } },
        option_1: 'composite fairing',
      },
      reusable: design.reusable[1],
      engines: design.engines[1],
      fuel_amount_tons: Math.round(design.kilograms / 600) / 10,
      burn_time_sec: design.burnSeconds[1],
    },
    engines: {
      isp: { sea_level: 281, vacuum: 309 },
      thrust_sea_level: thrust(kilonewtons),
      thrust_vacuum: thrust(kilonewtons * 1.08),
      number: design.engines[0],
      type: engineType,
      version,
      layout,
      engine_loss_max: design.engineLossMax,
      propellant_1: 'liquid oxygen',
      propellant_2: design.propellant,
      thrust_to_weight: 151.4,
    },
    landing_legs: { number: design.legs[0], material: design.legs[1] },
    payload_weights: design.orbits.map(([orbit, name, kg]) => ({ id: orbit, name, kg, lb: pounds(kg) })),
    flickr_images: [1, 2].map((photo) => `https://example.org/simulated/rockets/${id}/${photo}.jpg`),
    name: design.name,
    type: 'rocket',
    active: design.active,
    stages: 2,
    boosters: design.boosters,
    cost_per_launch: design.cost,
    success_rate_pct: design.successRate,
    first_flight: firstFlight,
    country: 'Simulatia',
    company: 'Simulated Launch Works',
    wikipedia: `https://example.org/simulated/wiki/${id}`,
    description: design.description,
    id,
  };
}

function metersAndFeet(meters: number): object {
  return { meters, feet: Math.round(meters * 32.808) / 10 };
}

function thrust(kilonewtons: number): object {
  return { kN: Math.round(kilonewtons), lbf: Math.round(kilonewtons * 224.8) };
}

function pounds(kilograms: number): number {
  return Math.round(kilograms * 2.2046);
}
