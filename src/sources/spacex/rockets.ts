import {
  array,
  bigint,
  bool,
  calendarDate,
  integer,
  nullable,
  number,
  object,
  objectId,
  optional,
  text,
} from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { trimmed } from '../../core/text.ts';

const FEET = 'the same length in metres is kept';
const POUNDS = 'the same mass in kilograms is kept';
const POUNDS_FORCE = 'the same thrust in kilonewtons is kept';

const metersAndFeet = optional(
  object({ meters: optional(nullable(number())), feet: optional(nullable(number())) }),
);
const thrust = optional(object({ kN: optional(nullable(number())), lbf: optional(nullable(number())) }));

/**
 * GET /v4/rockets. The API's model requires nothing and has no defaults, so that any field or group of fields may be
 * missing. The name is required here because launches take it from their rocket.
 */
const contract = object({
  id: objectId(),
  name: text(),
  type: optional(nullable(text())),
  active: optional(nullable(bool())),
  stages: optional(nullable(integer())),
  boosters: optional(nullable(integer())),
  cost_per_launch: optional(nullable(bigint())),
  success_rate_pct: optional(nullable(number())),
  first_flight: optional(nullable(calendarDate())),
  country: optional(nullable(text())),
  company: optional(nullable(text())),
  height: metersAndFeet,
  diameter: metersAndFeet,
  mass: optional(object({ kg: optional(nullable(number())), lb: optional(nullable(number())) })),
  payload_weights: array(
    object({ id: text(), name: text(), kg: number(), lb: optional(nullable(number())) }),
  ),
  first_stage: optional(
    object({
      reusable: optional(nullable(bool())),
      engines: optional(nullable(integer())),
      fuel_amount_tons: optional(nullable(number())),
      burn_time_sec: optional(nullable(number())),
      thrust_sea_level: thrust,
      thrust_vacuum: thrust,
    }),
  ),
  second_stage: optional(
    object({
      reusable: optional(nullable(bool())),
      engines: optional(nullable(integer())),
      fuel_amount_tons: optional(nullable(number())),
      burn_time_sec: optional(nullable(number())),
      thrust,
      payloads: optional(
        object({
          option_1: optional(nullable(text())),
          composite_fairing: optional(object({ height: metersAndFeet, diameter: metersAndFeet })),
        }),
      ),
    }),
  ),
  engines: optional(
    object({
      number: optional(nullable(integer())),
      type: optional(nullable(text())),
      version: optional(nullable(text())),
      layout: optional(nullable(text())),
      isp: optional(
        object({ sea_level: optional(nullable(number())), vacuum: optional(nullable(number())) }),
      ),
      engine_loss_max: optional(nullable(integer())),
      propellant_1: optional(nullable(text())),
      propellant_2: optional(nullable(text())),
      thrust_sea_level: thrust,
      thrust_vacuum: thrust,
      thrust_to_weight: optional(nullable(number())),
    }),
  ),
  landing_legs: optional(
    object({ number: optional(nullable(integer())), material: optional(nullable(text())) }),
  ),
  flickr_images: array(text()),
  wikipedia: optional(nullable(text())),
  description: optional(nullable(text())),
});

export default defineResource({
  name: 'rockets',
  description: 'Launch vehicles: size, mass, stages, engines, cost.',
  path: '/v4/rockets',
  shape: 'array',
  pull: 'snapshot',
  needs: {},
  contract,
  tables: [
    {
      name: 'rockets',
      doc: 'Launch vehicles: size, mass, stages, engines, cost.',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'id', nullable: false, doc: 'Id of the rocket in the API.' },
        name: { type: 'text', nullable: false, doc: 'Name.' },
        type: { type: 'text', doc: 'Kind of vehicle.' },
        active: { type: 'boolean', doc: 'Whether it still flies.' },
        stages: { type: 'integer', doc: 'Number of stages.' },
        boosters: { type: 'integer', doc: 'Number of side boosters.' },
        cost_per_launch_usd: { type: 'bigint', doc: 'Price of a launch, in US dollars.' },
        success_rate_pct: {
          type: 'double precision',
          doc: 'Launches that succeeded, in percent, as the API gives it.',
        },
        first_flight_date: { type: 'date', doc: 'Day of the first flight.' },
        country: { type: 'text', doc: 'Country of origin.' },
        company: { type: 'text', doc: 'Manufacturer.' },
        height_m: { type: 'double precision', doc: 'Height in metres.' },
        diameter_m: { type: 'double precision', doc: 'Diameter in metres.' },
        mass_kg: { type: 'double precision', doc: 'Mass in kilograms.' },
        first_stage_reusable: { type: 'boolean', doc: 'Whether the first stage can fly again.' },
        first_stage_engines: { type: 'integer', doc: 'Number of engines of the first stage.' },
        first_stage_fuel_t: { type: 'double precision', doc: 'Propellant of the first stage, in tonnes.' },
        first_stage_burn_time_s: {
          type: 'double precision',
          doc: 'Burn time of the first stage, in seconds.',
        },
        first_stage_thrust_sea_level_kn: {
          type: 'double precision',
          doc: 'Thrust of the first stage at sea level, in kilonewtons.',
        },
        first_stage_thrust_vacuum_kn: {
          type: 'double precision',
          doc: 'Thrust of the first stage in vacuum, in kilonewtons.',
        },
        second_stage_reusable: { type: 'boolean', doc: 'Whether the second stage can fly again.' },
        second_stage_engines: { type: 'integer', doc: 'Number of engines of the second stage.' },
        second_stage_fuel_t: { type: 'double precision', doc: 'Propellant of the second stage, in tonnes.' },
        second_stage_burn_time_s: {
          type: 'double precision',
          doc: 'Burn time of the second stage, in seconds.',
        },
        second_stage_thrust_kn: {
          type: 'double precision',
          doc: 'Thrust of the second stage, in kilonewtons.',
        },
        second_stage_payload_option: { type: 'text', doc: 'What the second stage carries.' },
        fairing_height_m: { type: 'double precision', doc: 'Height of the composite fairing, in metres.' },
        fairing_diameter_m: {
          type: 'double precision',
          doc: 'Diameter of the composite fairing, in metres.',
        },
        engines: { type: 'integer', doc: 'Number of engines.' },
        engine_type: { type: 'text', doc: 'Kind of engine.' },
        engine_version: { type: 'text', doc: 'Version of the engine; empty where it has none.' },
        engine_layout: { type: 'text', doc: 'Arrangement of the engines.' },
        engine_isp_sea_level_s: {
          type: 'double precision',
          doc: 'Specific impulse at sea level, in seconds.',
        },
        engine_isp_vacuum_s: { type: 'double precision', doc: 'Specific impulse in vacuum, in seconds.' },
        engine_loss_max: { type: 'integer', doc: 'Engines that may fail without loss of the mission.' },
        engine_thrust_sea_level_kn: {
          type: 'double precision',
          doc: 'Thrust of one engine at sea level, in kilonewtons.',
        },
        engine_thrust_vacuum_kn: {
          type: 'double precision',
          doc: 'Thrust of one engine in vacuum, in kilonewtons.',
        },
        engine_thrust_to_weight: {
          type: 'double precision',
          doc: 'Thrust of an engine as a multiple of its weight.',
        },
        propellant_1: { type: 'text', doc: 'First propellant.' },
        propellant_2: { type: 'text', doc: 'Second propellant.' },
        landing_legs: { type: 'integer', doc: 'Number of landing legs.' },
        landing_legs_material: { type: 'text', doc: 'Material of the landing legs.' },
        wikipedia_url: { type: 'text', doc: 'Wikipedia article.' },
        description: { type: 'text', doc: 'Description in prose.' },
        transformed_at_utc: {
          type: 'timestamptz',
          nullable: false,
          stamp: true,
          doc: 'Start of the run that made the row.',
        },
        transformed_at_date: {
          type: 'date',
          nullable: false,
          stamp: true,
          doc: 'Date of transformed_at_utc, in UTC.',
        },
      },
    },
    {
      name: 'rocket_payload_weights',
      doc: 'Payload capacity of a rocket, by orbit.',
      key: ['rocket_id', 'position'],
      owner: 'rocket_id',
      columns: {
        rocket_id: { type: 'id', nullable: false, doc: 'Rocket.' },
        position: { type: 'integer', nullable: false, doc: 'Position in the list of the rocket, from 0.' },
        orbit: {
          type: 'text',
          nullable: false,
          doc: 'Short name of the orbit: leo, gto, mars, pluto, moon.',
        },
        name: { type: 'text', nullable: false, doc: 'Name of the orbit.' },
        mass_kg: { type: 'double precision', nullable: false, doc: 'Mass in kilograms.' },
      },
    },
    {
      name: 'rocket_images',
      doc: 'Photographs of a rocket.',
      key: ['rocket_id', 'position'],
      owner: 'rocket_id',
      columns: {
        rocket_id: { type: 'id', nullable: false, doc: 'Rocket.' },
        position: { type: 'integer', nullable: false, doc: 'Position in the list of the rocket, from 0.' },
        url: { type: 'text', nullable: false, doc: 'URL of the picture.' },
      },
    },
  ],
  transform(rocket, { transformedAt }) {
    const { engines, first_stage: first, id: rocket_id, second_stage: second } = rocket;
    const fairing = second?.payloads?.composite_fairing;
    return {
      rockets: [
        {
          id: rocket.id,
          name: rocket.name.trim(),
          type: trimmed(rocket.type),
          active: rocket.active ?? null,
          stages: rocket.stages ?? null,
          boosters: rocket.boosters ?? null,
          cost_per_launch_usd: rocket.cost_per_launch ?? null,
          success_rate_pct: rocket.success_rate_pct ?? null,
          first_flight_date: rocket.first_flight ?? null,
          country: trimmed(rocket.country),
          company: trimmed(rocket.company),
          height_m: rocket.height?.meters ?? null,
          diameter_m: rocket.diameter?.meters ?? null,
          mass_kg: rocket.mass?.kg ?? null,
          first_stage_reusable: first?.reusable ?? null,
          first_stage_engines: first?.engines ?? null,
          first_stage_fuel_t: first?.fuel_amount_tons ?? null,
          first_stage_burn_time_s: first?.burn_time_sec ?? null,
          first_stage_thrust_sea_level_kn: first?.thrust_sea_level?.kN ?? null,
          first_stage_thrust_vacuum_kn: first?.thrust_vacuum?.kN ?? null,
          second_stage_reusable: second?.reusable ?? null,
          second_stage_engines: second?.engines ?? null,
          second_stage_fuel_t: second?.fuel_amount_tons ?? null,
          second_stage_burn_time_s: second?.burn_time_sec ?? null,
          second_stage_thrust_kn: second?.thrust?.kN ?? null,
          second_stage_payload_option: trimmed(second?.payloads?.option_1),
          fairing_height_m: fairing?.height?.meters ?? null,
          fairing_diameter_m: fairing?.diameter?.meters ?? null,
          engines: engines?.number ?? null,
          engine_type: trimmed(engines?.type),
          engine_version: trimmed(engines?.version),
          engine_layout: trimmed(engines?.layout),
          engine_isp_sea_level_s: engines?.isp?.sea_level ?? null,
          engine_isp_vacuum_s: engines?.isp?.vacuum ?? null,
          engine_loss_max: engines?.engine_loss_max ?? null,
          engine_thrust_sea_level_kn: engines?.thrust_sea_level?.kN ?? null,
          engine_thrust_vacuum_kn: engines?.thrust_vacuum?.kN ?? null,
          engine_thrust_to_weight: engines?.thrust_to_weight ?? null,
          propellant_1: trimmed(engines?.propellant_1),
          propellant_2: trimmed(engines?.propellant_2),
          landing_legs: rocket.landing_legs?.number ?? null,
          landing_legs_material: trimmed(rocket.landing_legs?.material),
          wikipedia_url: trimmed(rocket.wikipedia),
          description: trimmed(rocket.description),
          transformed_at_utc: transformedAt,
          transformed_at_date: transformedAt.slice(0, 10),
        },
      ],
      rocket_payload_weights: rocket.payload_weights.map(({ id, name, kg }, position) => ({
        rocket_id,
        position,
        orbit: id.trim(),
        name: name.trim(),
        mass_kg: kg,
      })),
      rocket_images: rocket.flickr_images.map((url, position) => ({ rocket_id, position, url: url.trim() })),
    };
  },
  omitted: {
    '/height/feet': FEET,
    '/diameter/feet': FEET,
    '/mass/lb': POUNDS,
    '/payload_weights/*/lb': POUNDS,
    '/first_stage/thrust_sea_level/lbf': POUNDS_FORCE,
    '/first_stage/thrust_vacuum/lbf': POUNDS_FORCE,
    '/second_stage/thrust/lbf': POUNDS_FORCE,
    '/second_stage/payloads/composite_fairing/height/feet': FEET,
    '/second_stage/payloads/composite_fairing/diameter/feet': FEET,
    '/engines/thrust_sea_level/lbf': POUNDS_FORCE,
    '/engines/thrust_vacuum/lbf': POUNDS_FORCE,
  },
  checks: [
    {
      name: 'rocket_first_flight_differs',
      severity: 'error',
      description: 'The first flight was on another day than the first launch',
      reads: ['launches'],
      sql: `SELECT r.id, r.name || ': ' || first_flight_date || ', not ' || min(l.launch_date_utc AT TIME ZONE 'UTC')::date AS detail
            FROM rockets r JOIN launches l ON l.rocket_id = r.id AND NOT l.upcoming
            GROUP BY r.id HAVING first_flight_date <> min(l.launch_date_utc AT TIME ZONE 'UTC')::date`,
    },
    {
      name: 'rocket_first_flight_without_launch',
      severity: 'info',
      description: 'The first flight is past, and no past launch was with this rocket',
      reads: ['launches'],
      sql: `SELECT id, name || ': ' || first_flight_date AS detail FROM rockets r
            WHERE first_flight_date < now() AND NOT EXISTS (SELECT FROM launches l WHERE l.rocket_id = r.id AND NOT l.upcoming)`,
    },
    {
      name: 'rocket_success_rate_differs',
      severity: 'warning',
      description: 'The success rate differs by more than one percent from that of the launches',
      reads: ['launches'],
      sql: `SELECT r.id, r.name || ': ' || r.success_rate_pct || ' %, not ' || s.success_rate_pct || ' %' AS detail
            FROM rockets r JOIN launch_success s ON s.rocket_id = r.id WHERE abs(r.success_rate_pct - s.success_rate_pct) > 1`,
    },
  ],
  exampleQuery: 'SELECT name, first_flight_date, mass_kg, height_m FROM rockets ORDER BY first_flight_date',
});
