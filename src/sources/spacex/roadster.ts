import {
  array,
  bigint,
  integer,
  nullish,
  number,
  object,
  objectId,
  text,
  timestamp,
} from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { listTableOf, mainTable, notNull, orNull } from '../../core/table.ts';
import { trimmed } from '../../core/text.ts';
import { POUNDS } from './measures.ts';

/** GET /v4/roadster returns one object. Fields without a default in the API's model may be missing. */
const contract = object({
  id: objectId(),
  name: nullish(text()),
  launch_date_utc: nullish(timestamp()),
  launch_date_unix: nullish(bigint()),
  launch_mass_kg: nullish(number()),
  launch_mass_lbs: nullish(number()),
  norad_id: nullish(integer()),
  epoch_jd: nullish(number()),
  orbit_type: nullish(text()),
  apoapsis_au: nullish(number()),
  periapsis_au: nullish(number()),
  semi_major_axis_au: nullish(number()),
  eccentricity: nullish(number()),
  inclination: nullish(number()),
  longitude: nullish(number()),
  periapsis_arg: nullish(number()),
  period_days: nullish(number()),
  speed_kph: nullish(number()),
  speed_mph: nullish(number()),
  earth_distance_km: nullish(number()),
  earth_distance_mi: nullish(number()),
  mars_distance_km: nullish(number()),
  mars_distance_mi: nullish(number()),
  flickr_images: array(text()),
  wikipedia: nullish(text()),
  video: nullish(text()),
  details: nullish(text()),
});

const listTable = listTableOf('roadster_id', 'roadster', 'The car.');

export default defineResource({
  name: 'roadster',
  description: 'The car in orbit around the Sun: position and speed.',
  path: '/v4/roadster',
  shape: 'object',
  pull: 'snapshot',
  contract,
  tables: [
    mainTable('roadster', 'The car in orbit around the Sun: one row.', {
      id: notNull.id('Id of the car in the API.'),
      name: orNull.text('Name.'),
      launch_date_utc: orNull.timestamptz('Time of the launch.'),
      launch_date_unix: orNull.bigint('Launch time in seconds since 1970, as given by the API.'),
      launch_mass_kg: orNull.double('Mass at launch, in kilograms.'),
      norad_id: orNull.integer('NORAD catalog number.'),
      epoch_jd: orNull.double('Julian date at which the position and orbit apply.'),
      orbit_type: orNull.text('Orbit type, such as heliocentric.'),
      apoapsis_au: orNull.double('Greatest distance from the Sun, in astronomical units.'),
      periapsis_au: orNull.double('Smallest distance from the Sun, in astronomical units.'),
      semi_major_axis_au: orNull.double('Semi-major axis in astronomical units, as given by the API.'),
      eccentricity: orNull.double('Eccentricity; 0 is a circle.'),
      inclination_deg: orNull.double('Inclination in degrees.'),
      longitude_deg: orNull.double('Longitude in degrees.'),
      arg_of_periapsis_deg: orNull.double('Argument of periapsis, in degrees.'),
      period_days: orNull.double('Orbital period in days.'),
      speed_kph: orNull.double('Speed in kilometers per hour.'),
      earth_distance_km: orNull.double('Distance from Earth, in kilometers.'),
      mars_distance_km: orNull.double('Distance from Mars, in kilometers.'),
      wikipedia_url: orNull.text('Wikipedia article.'),
      video_url: orNull.text('Recording of the launch.'),
      details: orNull.text('Description.'),
    }),
    listTable('roadster_images', 'Photographs of the car.', {
      url: notNull.text('URL of the image.'),
    }),
  ],
  transform(car) {
    const roadster_id = car.id;
    return {
      roadster: [
        {
          id: car.id,
          name: trimmed(car.name),
          launch_date_utc: car.launch_date_utc ?? null,
          launch_date_unix: car.launch_date_unix ?? null,
          launch_mass_kg: car.launch_mass_kg ?? null,
          norad_id: car.norad_id ?? null,
          epoch_jd: car.epoch_jd ?? null,
          orbit_type: trimmed(car.orbit_type),
          apoapsis_au: car.apoapsis_au ?? null,
          periapsis_au: car.periapsis_au ?? null,
          semi_major_axis_au: car.semi_major_axis_au ?? null,
          eccentricity: car.eccentricity ?? null,
          inclination_deg: car.inclination ?? null,
          longitude_deg: car.longitude ?? null,
          arg_of_periapsis_deg: car.periapsis_arg ?? null,
          period_days: car.period_days ?? null,
          speed_kph: car.speed_kph ?? null,
          earth_distance_km: car.earth_distance_km ?? null,
          mars_distance_km: car.mars_distance_km ?? null,
          wikipedia_url: trimmed(car.wikipedia),
          video_url: trimmed(car.video),
          details: trimmed(car.details),
        },
      ],
      roadster_images: car.flickr_images.map((url, position) => ({ roadster_id, position, url: url.trim() })),
    };
  },
  omitted: {
    '/launch_mass_lbs': POUNDS,
    '/speed_mph': 'the speed in kilometers per hour is kept instead',
    '/earth_distance_mi': 'the distance in kilometers is kept instead',
    '/mars_distance_mi': 'the distance in kilometers is kept instead',
  },
  checks: [
    {
      name: 'roadster_axis_impossible',
      severity: 'error',
      description: 'The semi-major axis is not the mean of apoapsis and periapsis',
      sql: `SELECT id, semi_major_axis_au || ' AU, not ' || (apoapsis_au + periapsis_au) / 2 AS detail FROM roadster
            WHERE abs(semi_major_axis_au - (apoapsis_au + periapsis_au) / 2) > semi_major_axis_au / 100`,
    },
    {
      name: 'roadster_unix_differs',
      severity: 'error',
      description: 'The Unix timestamp of the launch does not match its date',
      sql: `SELECT id, 'by ' || launch_date_unix - extract(epoch FROM launch_date_utc)::bigint || ' s' AS detail
            FROM roadster WHERE launch_date_unix <> extract(epoch FROM launch_date_utc)::bigint`,
    },
  ],
  exampleQuery: 'SELECT name, speed_kph, earth_distance_km, mars_distance_km FROM roadster',
});
