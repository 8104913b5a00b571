import {
  array,
  bool,
  integer,
  nullable,
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

/** GET /v4/payloads. */
const contract = object({
  id: objectId(),
  name: nullable(text()),
  type: nullable(text()),
  reused: bool(),
  launch: nullable(objectId()),
  customers: array(text()),
  norad_ids: array(integer()),
  nationalities: array(text()),
  manufacturers: array(text()),
  mass_kg: nullable(number()),
  mass_lbs: nullable(number()),
  orbit: nullable(text()),
  reference_system: nullable(text()),
  regime: nullable(text()),
  longitude: nullable(number()),
  semi_major_axis_km: nullable(number()),
  eccentricity: nullable(number()),
  periapsis_km: nullable(number()),
  apoapsis_km: nullable(number()),
  inclination_deg: nullable(number()),
  period_min: nullable(number()),
  lifespan_years: nullable(number()),
  epoch: nullable(timestamp()),
  mean_motion: nullable(number()),
  raan: nullable(number()),
  arg_of_pericenter: nullable(number()),
  mean_anomaly: nullable(number()),
  dragon: object({
    capsule: nullable(objectId()),
    mass_returned_kg: nullable(number()),
    mass_returned_lbs: nullable(number()),
    flight_time_sec: nullable(number()),
    manifest: nullable(text()),
    water_landing: nullable(bool()),
    land_landing: nullable(bool()),
  }),
});

const listTable = listTableOf('payload_id', 'payload');

export default defineResource({
  name: 'payloads',
  description: 'Payloads: customers, mass and orbit.',
  path: '/v4/payloads',
  shape: 'array',
  pull: 'snapshot',
  contract,
  tables: [
    mainTable('payloads', 'Payloads: satellites, capsules, probes.', {
      id: notNull.id('Id of the payload in the API.'),
      name: orNull.text('Name.'),
      type: orNull.text('Payload type, such as Satellite, Dragon 1.0 or Crew Dragon.'),
      reused: notNull.boolean('Whether it had flown before.'),
      launch_id: orNull.id("Launch, according to the payload's record.", { references: 'launches' }),
      mass_kg: orNull.double('Mass in kilograms.'),
      orbit: orNull.text('Orbit type, such as LEO, GTO or SSO.'),
      reference_system: orNull.text('Reference system of the orbit, such as geocentric or heliocentric.'),
      regime: orNull.text('Orbital regime.'),
      longitude_deg: orNull.double('Longitude of a geostationary payload, in degrees east.'),
      semi_major_axis_km: orNull.double('Semi-major axis in kilometers.'),
      eccentricity: orNull.double('Eccentricity; 0 is a circle.'),
      periapsis_km: orNull.double('Lowest altitude, in kilometers.'),
      apoapsis_km: orNull.double('Highest altitude, in kilometers.'),
      inclination_deg: orNull.double('Inclination in degrees.'),
      period_min: orNull.double('Orbital period in minutes.'),
      lifespan_years: orNull.double('Design life in years.'),
      epoch: orNull.timestamptz('Time at which the orbital elements apply.'),
      mean_motion_rev_per_day: orNull.double('Orbits per day.'),
      raan_deg: orNull.double('Right ascension of the ascending node, in degrees.'),
      arg_of_pericenter_deg: orNull.double('Argument of pericenter, in degrees.'),
      mean_anomaly_deg: orNull.double('Mean anomaly in degrees.'),
      dragon_capsule_id: orNull.id('Capsule that carried the payload.', { references: 'capsules' }),
      dragon_mass_returned_kg: orNull.double('Mass returned in the capsule, in kilograms.'),
      dragon_flight_time_s: orNull.double('Flight time of the capsule, in seconds.'),
      dragon_manifest_url: orNull.text('Cargo manifest of the capsule.'),
      dragon_water_landing: orNull.boolean('Whether the capsule landed on water.'),
      dragon_land_landing: orNull.boolean('Whether the capsule landed on land.'),
    }),
    listTable('payload_customers', 'Customers of a payload.', {
      customer: notNull.text('Customer.'),
    }),
    listTable('payload_norad_ids', "Catalog numbers of a payload's objects in orbit.", {
      norad_id: notNull.integer('NORAD catalog number.'),
    }),
    listTable('payload_nationalities', 'Nationalities of a payload.', {
      nationality: notNull.text('Country.'),
    }),
    listTable('payload_manufacturers', 'Manufacturers of a payload.', {
      manufacturer: notNull.text('Manufacturer.'),
    }),
  ],
  transform(payload) {
    const payload_id = payload.id;
    return {
      payloads: [
        {
          id: payload.id,
          name: trimmed(payload.name),
          type: trimmed(payload.type),
          reused: payload.reused,
          launch_id: payload.launch,
          mass_kg: payload.mass_kg,
          orbit: trimmed(payload.orbit),
          reference_system: trimmed(payload.reference_system),
          regime: trimmed(payload.regime),
          longitude_deg: payload.longitude,
          semi_major_axis_km: payload.semi_major_axis_km,
          eccentricity: payload.eccentricity,
          periapsis_km: payload.periapsis_km,
          apoapsis_km: payload.apoapsis_km,
          inclination_deg: payload.inclination_deg,
          period_min: payload.period_min,
          lifespan_years: payload.lifespan_years,
          epoch: payload.epoch,
          mean_motion_rev_per_day: payload.mean_motion,
          raan_deg: payload.raan,
          arg_of_pericenter_deg: payload.arg_of_pericenter,
          mean_anomaly_deg: payload.mean_anomaly,
          dragon_capsule_id: payload.dragon.capsule,
          dragon_mass_returned_kg: payload.dragon.mass_returned_kg,
          dragon_flight_time_s: payload.dragon.flight_time_sec,
          dragon_manifest_url: trimmed(payload.dragon.manifest),
          dragon_water_landing: payload.dragon.water_landing,
          dragon_land_landing: payload.dragon.land_landing,
        },
      ],
      payload_customers: payload.customers.map((customer, position) => ({
        payload_id,
        position,
        customer: customer.trim(),
      })),
      payload_norad_ids: payload.norad_ids.map((norad_id, position) => ({ payload_id, position, norad_id })),
      payload_nationalities: payload.nationalities.map((nationality, position) => ({
        payload_id,
        position,
        nationality: nationality.trim(),
      })),
      payload_manufacturers: payload.manufacturers.map((manufacturer, position) => ({
        payload_id,
        position,
        manufacturer: manufacturer.trim(),
      })),
    };
  },
  omitted: {
    '/mass_lbs': POUNDS,
    '/dragon/mass_returned_lbs': POUNDS,
  },
  checks: [
    {
      name: 'payload_missing_in_launch',
      severity: 'error',
      description: 'A payload refers to a launch that does not list the payload',
      reads: ['launches'],
      sql: `SELECT p.id, coalesce(p.name, p.id) || ' names ' || l.name AS detail FROM payloads p JOIN launches l ON l.id = p.launch_id
            WHERE NOT EXISTS (SELECT FROM launch_payloads o WHERE o.launch_id = l.id AND o.payload_id = p.id)`,
    },
    {
      name: 'launch_missing_in_payload',
      severity: 'error',
      description: 'A launch lists a payload that refers to a different launch or to no launch',
      reads: ['launches'],
      sql: `SELECT l.id, l.name || ' lists ' || coalesce(p.name, p.id) AS detail
            FROM launch_payloads o JOIN launches l ON l.id = o.launch_id JOIN payloads p ON p.id = o.payload_id
            WHERE p.launch_id IS DISTINCT FROM l.id`,
    },
    {
      name: 'payload_in_two_launches',
      severity: 'warning',
      description: 'Several launches list the same payload',
      reads: ['launches'],
      sql: `SELECT payload_id AS id, string_agg(l.name, ', ' ORDER BY l.name) AS detail FROM launch_payloads o JOIN launches l ON l.id = o.launch_id
            GROUP BY 1 HAVING count(*) > 1`,
    },
    {
      name: 'payload_unlisted',
      severity: 'warning',
      description: 'No launch lists the payload',
      reads: ['launches'],
      sql: `SELECT id, name AS detail FROM payloads p WHERE NOT EXISTS (SELECT FROM launch_payloads o WHERE o.payload_id = p.id)`,
    },
    {
      name: 'launch_without_payload',
      severity: 'info',
      description: 'A launch does not list a payload',
      reads: ['launches'],
      sql: `SELECT id, name AS detail FROM launches l WHERE NOT EXISTS (SELECT FROM launch_payloads o WHERE o.launch_id = l.id)`,
    },
    {
      name: 'payload_capsule_differs',
      severity: 'error',
      description: 'A payload refers to a capsule that its launch does not list',
      reads: ['launches'],
      sql: `SELECT p.id, p.name || ' on ' || l.name AS detail FROM payloads p JOIN launches l ON l.id = p.launch_id
            WHERE p.dragon_capsule_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM launch_capsules o WHERE o.launch_id = l.id AND o.capsule_id = p.dragon_capsule_id)`,
    },
    {
      name: 'payload_norad_id_repeated',
      severity: 'info',
      description: 'A payload has the same catalog number twice',
      sql: `SELECT payload_id AS id, norad_id || ', ' || count(*) || ' times' AS detail FROM payload_norad_ids GROUP BY payload_id, norad_id HAVING count(*) > 1`,
    },
    {
      name: 'payload_norad_id_shared',
      severity: 'warning',
      description: 'Several payloads have the same catalog number',
      sql: `SELECT norad_id::text AS id, string_agg(DISTINCT coalesce(p.name, p.id), ', ') AS detail FROM payload_norad_ids n JOIN payloads p ON p.id = n.payload_id
            GROUP BY norad_id HAVING min(n.payload_id) <> max(n.payload_id)`,
    },
    {
      name: 'payload_reference_system_odd',
      severity: 'warning',
      description:
        'The reference system of the orbit does not name a central body, unlike geocentric or heliocentric',
      sql: `SELECT id, coalesce(name, id) || ': ' || reference_system AS detail FROM payloads WHERE reference_system NOT LIKE '%centric'`,
    },
    {
      name: 'payload_impossible',
      severity: 'error',
      description:
        'Mass, eccentricity, inclination or altitudes are impossible, or contradict the semi-major axis',
      sql: `SELECT id, name AS detail FROM payloads
            WHERE mass_kg <= 0 OR eccentricity < 0 OR inclination_deg NOT BETWEEN 0 AND 180 OR apoapsis_km < periapsis_km
            OR (reference_system = 'geocentric'
            AND abs(semi_major_axis_km - (apoapsis_km + periapsis_km) / 2 - 6378.137) > semi_major_axis_km / 100)`,
    },
  ],
  exampleQuery:
    'SELECT orbit, count(*) AS payloads, round(sum(mass_kg)) AS mass_kg FROM payloads GROUP BY 1 ORDER BY 2 DESC',
});
