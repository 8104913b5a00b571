import type { LaunchRecord } from '../world.ts';

/**
 * The objects that launches refer to: agencies, pads, rockets and orbits. Everything is invented except the id of the
 * first agency.
 */

type Agency = {
  readonly id: number;
  readonly name: string;
  readonly abbrev: string;
  readonly rocket: number;
};

/** The API's base URL in links. */
export const API = 'https://launch-library.example.org/2.3.0';
const IMAGES = 'https://images.example.org/simulated';

const COUNTRY: LaunchRecord = {
  id: 900_001,
  name: 'Simulated Islands',
  alpha_2_code: 'XS',
  alpha_3_code: 'XSI',
  nationality_name: 'Simulated',
  nationality_name_composed: 'Simulo',
};

/** The first agency has the id of SpaceX, because a run requests SpaceX launches by default. */
const AGENCIES: readonly [Agency, ...Agency[]] = [
  { id: 121, name: 'SpaceX (simulated)', abbrev: 'SpX', rocket: 0 },
  { id: 900_101, name: 'Simulated Launch Company', abbrev: 'SLC', rocket: 2 },
  { id: 900_102, name: 'Agence Ímyndun (simulated)', abbrev: 'AÍ', rocket: 3 },
];

const ROCKETS = [
  { id: 900_201, name: 'Heron 9', variant: 'Block 2', family: 'Heron', cores: 1 },
  { id: 900_202, name: 'Heron Heavy', variant: '', family: 'Heron', cores: 3 },
  { id: 900_203, name: 'Sparrow', variant: 'A', family: 'Sparrow', cores: 0 },
  { id: 900_204, name: 'Lóa', variant: '2', family: 'Lóa', cores: 0 },
] as const;

const PADS = [
  ['Simulated Launch Complex 1', 'Bahía Prueba', 'America/Puerto_Rico', 18.03, -66.83],
  ['Simulated Launch Complex 2', 'Bahía Prueba', 'America/Puerto_Rico', 18.05, -66.81],
  ['Simulated Pad A', 'Cape Example', 'Pacific/Pitcairn', -25.07, -130.1],
  ['Ímyndun 7', 'Simulated Fjords', 'Atlantic/Reykjavik', 63.79, -18.06],
] as const;

const ORBITS = [
  [900_301, 'Low Earth Orbit', 'LEO'],
  [900_302, 'Sun-Synchronous Orbit', 'SSO'],
  [900_303, 'Geostationary Transfer Orbit', 'GTO'],
] as const;

/** The first agency has three of every five launches. */
export function agencyOf(slot: number): Agency {
  const place = ((slot % 5) + 5) % 5;
  return AGENCIES[place < 3 ? 0 : place - 2] ?? AGENCIES[0];
}

/** The rocket of a launch. `cores` is the number of first stages; 0 if they are not tracked. */
export function rocketOf(slot: number): (typeof ROCKETS)[number] {
  const { rocket } = agencyOf(slot);
  return ROCKETS[rocket === 0 && slot % 25 === 0 ? 1 : rocket] ?? ROCKETS[0];
}

export function image(id: number, name: string): LaunchRecord {
  return {
    id,
    name,
    image_url: `${IMAGES}/${id}.png`,
    thumbnail_url: `${IMAGES}/${id}_thumbnail.png`,
    credit: null,
    license: { id: 1, name: 'Unknown', priority: 9, link: null },
    single_use: true,
    variants: [],
  };
}

/** An agency with all details. Its counters change over time without changing the `last_updated` of launches. */
export function agencyRecord({ id, name, abbrev }: Agency, flown: number): LaunchRecord {
  return {
    response_mode: 'normal',
    id,
    url: `${API}/agencies/${id}/`,
    name,
    abbrev,
    type: { id: 3, name: 'Commercial' },
    featured: id === 121,
    country: [COUNTRY],
    description: 'Simulated.',
    administrator: null,
    founding_year: 2002,
    launchers: '',
    spacecraft: '',
    parent: null,
    image: null,
    logo: null,
    social_logo: null,
    ...launchCounts(flown),
    ...landingCounts(flown),
    successful_landings_spacecraft: 0,
    failed_landings_spacecraft: 0,
    attempted_landings_spacecraft: 0,
    successful_landings_payload: 0,
    failed_landings_payload: 0,
    attempted_landings_payload: 0,
    info_url: '',
    wiki_url: '',
    social_media_links: [],
  };
}

export function configurationRecord(slot: number, flown: number): LaunchRecord {
  const { id, name, variant, family, cores } = rocketOf(slot);
  return {
    response_mode: 'detailed',
    id,
    url: `${API}/launcher_configurations/${id}/`,
    name: `${name} (simulated)`,
    families: [
      {
        response_mode: 'detailed',
        id: id + 50,
        name: family,
        manufacturer: [],
        parent: null,
        description: '',
        active: true,
        maiden_flight: '2024-01-01',
        ...launchCounts(flown),
        ...landingCounts(flown),
      },
    ],
    full_name: `${name} ${variant} (simulated)`.replace('  ', ' '),
    variant,
    active: true,
    is_placeholder: false,
    manufacturer: agencyRecord(agencyOf(slot), flown),
    program: [],
    reusable: cores > 0,
    image: image(id, name),
    info_url: null,
    wiki_url: null,
    description: 'Simulated. A rocket that was never built.',
    alias: '',
    min_stage: 2,
    max_stage: 2,
    length: cores > 0 ? 68.4 : null,
    diameter: 3.6,
    maiden_flight: '2024-01-01',
    launch_cost: null,
    launch_mass: null,
    leo_capacity: 21_900,
    gto_capacity: null,
    geo_capacity: null,
    sso_capacity: null,
    to_thrust: null,
    apogee: null,
    ...launchCounts(flown),
    ...landingCounts(flown),
    fastest_turnaround: 'P9DT3H40M',
  };
}

export function padRecord(slot: number, flown: number): LaunchRecord {
  const index = ((slot % PADS.length) + PADS.length) % PADS.length;
  const [name, place, timezone, latitude, longitude] = PADS[index] ?? PADS[0];
  const id = 900_401 + index;
  return {
    id,
    url: `${API}/pads/${id}/`,
    active: true,
    agencies: [],
    name,
    image: null,
    description: null,
    info_url: null,
    wiki_url: '',
    map_url: `https://maps.example.org/?q=${latitude},${longitude}`,
    latitude,
    longitude,
    country: COUNTRY,
    map_image: `${IMAGES}/pad_${id}.png`,
    total_launch_count: Math.floor(flown / PADS.length),
    orbital_launch_attempt_count: Math.floor(flown / PADS.length),
    fastest_turnaround: 'P2DT9H',
    location: {
      response_mode: 'normal',
      id: 900_501 + PADS.findIndex(([, other]) => other === place),
      url: `${API}/locations/${900_501 + index}/`,
      name: `${place}, Simulated Islands`,
      celestial_body: { ...celestialBody(), ...bodyCounts(flown) },
      active: true,
      country: COUNTRY,
      description: 'Simulated.',
      image: null,
      map_image: `${IMAGES}/location_${id}.png`,
      longitude,
      latitude,
      timezone_name: timezone,
      total_launch_count: flown,
      total_landing_count: Math.floor(flown / 2),
    },
  };
}

export function orbitRecord(slot: number): LaunchRecord {
  const [id, name, abbrev] = ORBITS[Math.abs(slot) % ORBITS.length] ?? ORBITS[0];
  return { id, name, abbrev, celestial_body: { response_mode: 'list', id: 1, name: 'Earth' } };
}

export function celestialBody(): LaunchRecord {
  return {
    response_mode: 'normal',
    id: 1,
    name: 'Earth',
    type: { id: 1, name: 'Planet' },
    diameter: 12_742_000,
    mass: 5.972168e24,
    gravity: 9.80655,
    length_of_day: '1 00:00:00',
    atmosphere: true,
    image: image(900_601, 'Earth (simulated)'),
    description: 'This planet is simulated.',
    wiki_url: '',
  };
}

function bodyCounts(flown: number): LaunchRecord {
  return {
    total_attempted_launches: flown,
    successful_launches: flown,
    failed_launches: 0,
    total_attempted_landings: flown,
    successful_landings: flown,
    failed_landings: 0,
  };
}

function launchCounts(flown: number): LaunchRecord {
  return {
    total_launch_count: flown,
    consecutive_successful_launches: flown,
    successful_launches: flown,
    failed_launches: 0,
    pending_launches: 36,
  };
}

function landingCounts(flown: number): LaunchRecord {
  return {
    consecutive_successful_landings: flown,
    successful_landings: flown,
    failed_landings: 0,
    attempted_landings: flown,
  };
}
