import { collectionOf, type Collection } from '../collection.ts';
import { isoSeconds } from '../iso-time.ts';
import { launchSeconds } from '../universe/seasons.ts';
import type { Universe } from '../universe/universe.ts';
import { pounds } from './orbits.ts';

const DAY = 86_400;
const KM_PER_MILE = 1.609_344;
const PERIOD_DAYS = 541.3;
const UNIX_EPOCH_JD = 2_440_587.5;

/** The roadster left with the first launch. Its position changes with each later launch. */
export function createRoadster({ seed, past, ids }: Universe): Collection {
  const launched = launchSeconds(seed, 0);
  const now = launchSeconds(seed, Math.max(0, past - 1));
  const turns = (now - launched) / DAY / PERIOD_DAYS;
  const speed = 95_000 + 20_000 * Math.cos(2 * Math.PI * turns);
  const earth = 2e8 - 1.9e8 * Math.cos(2 * Math.PI * turns);
  const mars = 2.3e8 + 1.6e8 * Math.cos(2 * Math.PI * turns);
  const records = collectionOf('roadster', ids.roadster, 1, (_index, id) => ({
    name: 'Simulated Cargo Bicycle',
    launch_date_utc: `${isoSeconds(launched)}.000Z`,
    launch_date_unix: launched,
    launch_mass_kg: 38.5,
    launch_mass_lbs: pounds(38.5),
    norad_id: 99_999,
    epoch_jd: UNIX_EPOCH_JD + now / DAY,
    orbit_type: 'heliocentric',
    apoapsis_au: 1.617,
    periapsis_au: 0.982,
    semi_major_axis_au: 1.2995,
    eccentricity: 0.2443247402847249,
    inclination: 1.31,
    longitude: 301.77,
    periapsis_arg: 181.204,
    period_days: PERIOD_DAYS,
    speed_kph: speed,
    speed_mph: speed / KM_PER_MILE,
    earth_distance_km: earth,
    earth_distance_mi: earth / KM_PER_MILE,
    mars_distance_km: mars,
    mars_distance_mi: mars / KM_PER_MILE,
    flickr_images: [1, 2, 3].map((photo) => `https://images.example.org/simulated/roadster/${photo}.jpg`),
    wikipedia: 'https://wiki.example.org/simulated/wiki/Cargo_Bicycle',
    video: 'https://video.example.org/simulated/watch?v=bicycle',
    details: 'Simulated. A bicycle with a basket; the basket is still attached.',
    id,
  }));
  return { ...records, isSingle: true };
}
