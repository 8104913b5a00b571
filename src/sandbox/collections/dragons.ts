import { collectionOf, type Collection } from '../collection.ts';
import { isoSeconds } from '../iso-time.ts';
import { launchesOfTeam } from '../universe/missions.ts';
import { launchSeconds } from '../universe/seasons.ts';
import type { Universe } from '../universe/universe.ts';
import { pounds, rounded } from './orbits.ts';

/** Sorted by name, as in the collection. */
const DESIGNS = [
  {
    name: 'Dragon 1',
    role: 'cargo',
    active: false,
    seats: 0,
    kilograms: 4_350,
    engines: [['Sparrow', 18, 0.4]],
  },
  {
    name: 'Dragon 2',
    role: 'crew',
    active: true,
    seats: 4,
    kilograms: 6_180,
    engines: [
      ['Sparrow', 16, 0.4],
      ['Buzzard', 8, 72.5],
    ],
  },
] as const;

type Design = (typeof DESIGNS)[number];

/** The dragon that a capsule belongs to. */
export function dragonOf(capsule: number): number {
  return capsule % 2;
}

export function createDragons({ seed, seasons, ids }: Universe): Collection {
  return collectionOf('dragons', ids.dragon, DESIGNS.length, (index, id) => {
    const design = DESIGNS[index] ?? DESIGNS[0];
    const [first = 0] = launchesOfTeam(seasons, 0, design.role);
    return dragon(design, isoSeconds(launchSeconds(seed, first)).slice(0, 10), id);
  });
}

function dragon(
  { name, active, seats, kilograms, engines }: Design,
  firstFlight: string,
  id: string,
): object {
  return {
    heat_shield: {
      material: 'cork, simulated',
      size_meters: 3.5,
      temp_degrees: 2900,
      dev_partner: 'Example Agency',
    },
    launch_payload_mass: mass(5_900),
    launch_payload_vol: volume(24),
    return_payload_mass: mass(2_950),
    return_payload_vol: volume(10.5),
    pressurized_capsule: { payload_volume: volume(10.5) },
    trunk: { trunk_volume: volume(13), cargo: { solar_array: 2, unpressurized_cargo: seats === 0 } },
    height_w_trunk: length(7.4),
    diameter: length(3.8),
    first_flight: firstFlight,
    flickr_images: [1, 2].map((photo) => `https://images.example.org/simulated/dragons/${id}/${photo}.jpg`),
    name: `${name} (simulated)`,
    type: 'capsule',
    active,
    crew_capacity: seats,
    sidewall_angle_deg: 14,
    orbit_duration_yr: 1.5,
    dry_mass_kg: kilograms,
    dry_mass_lb: pounds(kilograms),
    thrusters: engines.map(([type, amount, kN]) => ({
      type,
      amount,
      pods: 4,
      fuel_1: 'simulated oxidiser',
      fuel_2: 'simulated fuel',
      isp: 295,
      thrust: { kN, lbf: Math.round(kN * 224.8) },
    })),
    wikipedia: `https://wiki.example.org/simulated/wiki/${id}`,
    description: `Simulated. A capsule for ${seats === 0 ? 'cargo' : 'people'} that comes down in water.`,
    id,
  };
}

function mass(kg: number): object {
  return { kg, lb: Math.round(pounds(kg)) };
}

function volume(cubicMeters: number): object {
  return { cubic_meters: cubicMeters, cubic_feet: Math.round(cubicMeters * 35.31) };
}

function length(meters: number): object {
  return { meters, feet: rounded(meters * 3.2808, 1) };
}
