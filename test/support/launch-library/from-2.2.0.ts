import type { LaunchRecord } from '../../../src/sandbox/launch-library/world.ts';
import type { Json } from './recorded.ts';

/** Values for which version 2.2.0 uses names and version 2.3.0 uses numbers. */
const AGENCY_TYPES: Readonly<Record<string, number>> = {
  Government: 1,
  Multinational: 2,
  Commercial: 3,
  Private: 5,
};

/** The id, name and two-letter code of each country in the recorded launches. The id of Australia is unknown. */
const COUNTRIES: Readonly<Record<string, readonly [number, string, string]>> = {
  AUS: [0, 'Australia', 'AU'],
  CHN: [6, 'China', 'CN'],
  GUF: [50, 'French Guiana', 'GF'],
  IND: [9, 'India', 'IN'],
  ISR: [29, 'Israel', 'IL'],
  JPN: [28, 'Japan', 'JP'],
  KAZ: [44, 'Kazakhstan', 'KZ'],
  NZL: [51, 'New Zealand', 'NZ'],
  RUS: [5, 'Russia', 'RU'],
  USA: [2, 'United States of America', 'US'],
};

const AGENCY_COUNTS = [
  'total_launch_count',
  'consecutive_successful_launches',
  'successful_launches',
  'failed_launches',
  'pending_launches',
  'consecutive_successful_landings',
  'successful_landings',
  'failed_landings',
  'attempted_landings',
] as const;

const ATTEMPTS = ['', '_year'].flatMap((suffix) =>
  ['orbital', 'location', 'pad', 'agency'].map((what) => `${what}_launch_attempt_count${suffix}`),
);

/**
 * Converts a launch from version 2.2.0 (normal mode) to version 2.3.0. Fields that 2.2.0 lacks become null, '' or 0.
 */
export function fromVersion220(launch: Json): LaunchRecord {
  return {
    id: launch['id'],
    url: moved(launch['url'], 'launch', 'launches'),
    name: launch['name'],
    response_mode: 'normal',
    slug: launch['slug'],
    launch_designator: launch['mission']?.launch_designator ?? null,
    ...taken(launch, ['status', 'last_updated', 'net', 'net_precision', 'window_end', 'window_start']),
    image: image(launch['image']),
    ...taken(launch, ['infographic', 'probability', 'weather_concerns', 'failreason', 'hashtag']),
    launch_service_provider: agencyInList(launch['launch_service_provider']),
    rocket: rocket(launch['rocket']),
    mission: launch['mission'] === null ? null : mission(launch['mission']),
    pad: pad(launch['pad']),
    webcast_live: launch['webcast_live'],
    program: launch['program'].map(program),
    ...taken(launch, ATTEMPTS),
  };
}

function rocket({ id, configuration }: Json): Json {
  return {
    id,
    configuration: {
      response_mode: 'list',
      id: configuration.id,
      url: moved(configuration.url, 'config/launcher', 'launcher_configurations'),
      name: configuration.name,
      families:
        configuration.family === '' ? [] : [{ response_mode: 'list', id: 0, name: configuration.family }],
      full_name: configuration.full_name,
      variant: configuration.variant,
    },
  };
}

function mission(one: Json): Json {
  return {
    ...taken(one, ['id', 'name', 'type', 'description']),
    image: null,
    orbit: { ...one['orbit'], celestial_body: { response_mode: 'list', id: 1, name: 'Earth' } },
    agencies: one['agencies'].map(agency),
    info_urls: one['info_urls'],
    vid_urls: one['vid_urls'],
  };
}

function agency(one: Json): Json {
  return {
    response_mode: 'normal',
    ...taken(one, ['id', 'url', 'name', 'abbrev']),
    type: agencyType(one['type']),
    featured: one['featured'],
    country: String(one['country_code'])
      .split(',')
      .flatMap((code) => country(code) ?? []),
    ...taken(one, ['description', 'administrator']),
    founding_year: one['founding_year'] === null ? null : Number(one['founding_year']),
    ...taken(one, ['launchers', 'spacecraft']),
    parent: null,
    image: image(one['image_url']),
    logo: image(one['logo_url']),
    social_logo: null,
    ...taken(one, AGENCY_COUNTS),
    successful_landings_spacecraft: 0,
    failed_landings_spacecraft: 0,
    attempted_landings_spacecraft: 0,
    successful_landings_payload: 0,
    failed_landings_payload: 0,
    attempted_landings_payload: 0,
    ...taken(one, ['info_url', 'wiki_url']),
    social_media_links: [],
  };
}

function agencyInList({ id, url, name, abbrev, type }: Json): Json {
  return { response_mode: 'list', id, url, name, abbrev: abbrev ?? '', type: agencyType(type) };
}

function agencyType(name: string): Json {
  return { id: AGENCY_TYPES[name] ?? 0, name };
}

function pad(one: Json): Json {
  return {
    id: one['id'],
    url: moved(one['url'], 'pad', 'pads'),
    active: true,
    agencies: [],
    name: one['name'],
    image: null,
    ...taken(one, ['description', 'info_url', 'wiki_url', 'map_url']),
    latitude: Number(one['latitude']),
    longitude: Number(one['longitude']),
    country: country(one['country_code']),
    ...taken(one, ['map_image', 'total_launch_count', 'orbital_launch_attempt_count']),
    fastest_turnaround: null,
    location: location(one['location']),
  };
}

function location(one: Json): Json {
  return {
    response_mode: 'normal',
    id: one['id'],
    url: moved(one['url'], 'location', 'locations'),
    name: one['name'],
    celestial_body: null,
    active: true,
    country: country(one['country_code']),
    description: one['description'],
    image: null,
    map_image: one['map_image'],
    longitude: null,
    latitude: null,
    ...taken(one, ['timezone_name', 'total_launch_count', 'total_landing_count']),
  };
}

function program(one: Json): Json {
  return {
    response_mode: 'normal',
    id: one['id'],
    url: moved(one['url'], 'program', 'programs'),
    name: one['name'],
    image: image(one['image_url']),
    ...taken(one, ['info_url', 'wiki_url', 'description']),
    agencies: one['agencies'].map(agencyInList),
    ...taken(one, ['start_date', 'end_date']),
    mission_patches: [],
    type: one['type'],
  };
}

function image(url: string | null): Json | null {
  if (url === null) return null;
  return {
    id: 0,
    name: '',
    image_url: url,
    thumbnail_url: url,
    credit: null,
    license: { id: 1, name: 'Unknown', priority: 9, link: null },
    single_use: true,
    variants: [],
  };
}

/** Null if the code is not a country code, such as ??? for launches at sea. */
function country(code: string): Json | null {
  const known = COUNTRIES[code];
  if (known === undefined) return null;
  const [id, name, letters] = known;
  return {
    id,
    name,
    alpha_2_code: letters,
    alpha_3_code: code,
    nationality_name: '',
    nationality_name_composed: '',
  };
}

function moved(url: string, from: string, to: string): string {
  return url.replace(`/2.2.0/${from}/`, `/2.3.0/${to}/`);
}

function taken(from: Json, fields: readonly string[]): Json {
  return Object.fromEntries(fields.map((field) => [field, from[field]]));
}
