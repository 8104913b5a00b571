import { collectionOf, type Collection } from '../collection.ts';
import { isoSeconds } from '../iso-time.ts';
import { createRandom, hash, pick, type Random } from '../random.ts';
import { outcomeOf } from '../universe/boosters.ts';
import { firstPayload, launchOfPayload, type Mission } from '../universe/missions.ts';
import { launchSeconds, type Role } from '../universe/seasons.ts';
import { capsuleOf, launchesOfCapsule } from '../universe/staff.ts';
import type { Universe } from '../universe/universe.ts';
import { capsuleType } from './capsules.ts';
import { orbitOf, pounds, rounded } from './orbits.ts';
import { noradIdsOf } from './starlink.ts';

type Path = {
  readonly orbit: string | null;
  readonly regime: string | null;
  readonly periapsisKm: number;
  readonly apoapsisKm: number;
  readonly inclination: number;
};

const PAYLOAD = 121;
const DAY = 86_400;
const STATION = path('ISS', 'low-earth', 411, 419, 51.64);
const SHELL = path('VLEO', 'very-low-earth', 547, 549, 53.05);
const SUN_SYNCHRONOUS = path('SSO', 'sun-synchronous', 512, 531, 97.5);
const TRANSFER = path('GTO', 'geostationary', 35_779, 35_794, 0.02);
const PATHS: readonly [Path, ...Path[]] = [
  TRANSFER,
  TRANSFER,
  path('LEO', 'low-earth', 498, 566, 45.1),
  path('LEO', 'low-earth', 498, 566, 45.1),
  SUN_SYNCHRONOUS,
  path('PO', 'polar', 765, 781, 86.4),
  path('MEO', 'medium-earth', 20_151, 20_212, 55.2),
  path('HEO', null, 1_050, 39_310, 63.3),
  path(null, 'low-earth', 301, 320, 28.5),
];
const CUSTOMERS = [
  'Example Telecom',
  'Simulated Weather Office',
  'Ünlü Uydu',
  'Bureau of Pretend Affairs',
] as const;
const NATIONS = ['Simulatia', 'Republic of Examples', 'Pretendland', "Côte d'Exemple"] as const;
const MAKERS = ['Simulated Launch Works', 'Placeholder Aerospace', 'Beispiel Satelliten'] as const;
const NO_FLIGHT = {
  capsule: null,
  mass_returned_kg: null,
  mass_returned_lbs: null,
  flight_time_sec: null,
  manifest: null,
  water_landing: null,
  land_landing: null,
};

/** The payloads of launches that have flown or will fly soon. */
export function createPayloads(universe: Universe): Collection {
  const { ids, near, mission } = universe;
  return collectionOf('payloads', ids.payload, firstPayload(mission(near)), (payload, id) =>
    payloadRecord(universe, payload, id),
  );
}

function payloadRecord(universe: Universe, payload: number, id: string): object {
  const { seed, past, ids, seasons } = universe;
  const mission = universe.mission(launchOfPayload(seasons, payload));
  const { launch, role } = mission;
  const random = createRandom(hash(seed, payload, PAYLOAD));
  const capsule = role === 'cargo' || role === 'crew' ? capsuleOf(mission) : null;
  const ownCustomer = role === 'starlink' || random(12) === 0;
  const kilograms = massOf(role, random);
  const { orbit, regime, ...where } = pathOf(role, random);
  const flown = launch < past && outcomeOf(seed, mission) !== false;
  const place = payload - firstPayload(mission);
  return {
    dragon: capsule === null ? NO_FLIGHT : flight(universe, mission, capsule, random),
    name: `Simulated ${role === 'starlink' ? 'Shell Batch' : 'Payload'} ${launch + 1}-${place + 1}`,
    type: capsule === null ? 'Satellite' : capsuleType(capsule),
    reused: capsule !== null && launchesOfCapsule(universe, capsule)[0] !== launch,
    launch: ids.launch.at(launch),
    customers: customersOf(ownCustomer, random),
    norad_ids: flown ? noradIdsOf(mission, payload) : [],
    nationalities: random(50) === 0 ? [] : [pick(random, NATIONS)],
    manufacturers: makersOf(ownCustomer, random),
    mass_kg: kilograms,
    mass_lbs: kilograms === null ? null : pounds(kilograms),
    orbit,
    reference_system: orbit === null ? null : 'geocentric',
    regime,
    longitude: regime === 'geostationary' && random(4) > 0 ? random(3600) / 10 - 180 : null,
    ...elements(where, flown && random(4) > 0, launchSeconds(seed, launch), random),
    id,
  };
}

function pathOf(role: Role, random: Random): Path {
  if (role === 'cargo' || role === 'crew') return STATION;
  if (role === 'starlink') return SHELL;
  if (role === 'rideshare') return SUN_SYNCHRONOUS;
  return role === 'heavy' ? TRANSFER : pick(random, PATHS);
}

function massOf(role: Role, random: Random): number | null {
  if (role === 'starlink') return 13_260;
  if (random(7) === 0) return null;
  if (role === 'rideshare') return rounded(1 + random(9000) / 100, 2);
  return 300 + random(7000);
}

function customersOf(own: boolean, random: Random): readonly string[] {
  if (own) return ['Simulated Launch Works'];
  if (random(40) === 0) return [];
  const first = pick(random, CUSTOMERS);
  return random(12) === 0 ? [first, 'Example Space Agency'] : [first];
}

function makersOf(own: boolean, random: Random): readonly string[] {
  if (own) return ['Simulated Launch Works'];
  return random(9) === 0 ? [] : [pick(random, MAKERS)];
}

function flight({ past, ids }: Universe, { launch, role }: Mission, capsule: number, random: Random): object {
  const flown = launch < past;
  const returned = flown && random(3) > 0 ? 900 + random(1800) : null;
  return {
    capsule: ids.capsule.at(capsule),
    mass_returned_kg: returned,
    mass_returned_lbs: returned === null ? null : pounds(returned),
    flight_time_sec: flown && random(9) > 0 ? DAY * (20 + random(30)) : null,
    manifest: role === 'crew' ? null : `https://example.org/simulated/manifests/${launch + 1}.pdf`,
    water_landing: flown ? true : null,
    land_landing: flown ? false : null,
  };
}

/** The orbital elements. Measured elements have an epoch 30 days after the launch. */
function elements(
  { periapsisKm, apoapsisKm, inclination }: Pick<Path, 'periapsisKm' | 'apoapsisKm' | 'inclination'>,
  measured: boolean,
  launched: number,
  random: Random,
): object {
  const orbit = measured
    ? orbitOf(periapsisKm + random(999) / 100, apoapsisKm + 10 + random(999) / 100)
    : null;
  const angle = (): number | null => (measured ? random(3_600_000) / 10_000 : null);
  const lifespan = random(3) === 0 ? pick(random, [1, 5, 7.5, 15]) : null;
  return {
    semi_major_axis_km: orbit?.semiMajorAxisKm ?? null,
    eccentricity: orbit?.eccentricity ?? null,
    periapsis_km: orbit?.periapsisKm ?? null,
    apoapsis_km: orbit?.apoapsisKm ?? null,
    inclination_deg: measured ? rounded(inclination + random(100) / 10_000, 4) : null,
    period_min: orbit?.periodMin ?? null,
    lifespan_years: lifespan,
    epoch: measured ? `${isoSeconds(launched + 30 * DAY)}.000Z` : null,
    mean_motion: orbit?.meanMotion ?? null,
    raan: angle(),
    arg_of_pericenter: angle(),
    mean_anomaly: angle(),
  };
}

function path(
  orbit: string | null,
  regime: string | null,
  periapsisKm: number,
  apoapsisKm: number,
  inclination: number,
): Path {
  return { orbit, regime, periapsisKm, apoapsisKm, inclination };
}
