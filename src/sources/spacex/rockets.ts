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
 * GET /v4/rockets. The API's model requires nothing and has no defaults, so that any field and any group of fields may
 * be absent. The name is required here: launches take it from their rocket.
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
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'text', nullable: false },
        name: { type: 'text', nullable: false },
        type: { type: 'text' },
        active: { type: 'boolean' },
        stages: { type: 'integer' },
        boosters: { type: 'integer' },
        cost_per_launch_usd: { type: 'bigint' },
        success_rate_pct: { type: 'double precision' },
        first_flight_date: { type: 'date' },
        country: { type: 'text' },
        company: { type: 'text' },
        height_m: { type: 'double precision' },
        diameter_m: { type: 'double precision' },
        mass_kg: { type: 'double precision' },
        first_stage_reusable: { type: 'boolean' },
        first_stage_engines: { type: 'integer' },
        first_stage_fuel_t: { type: 'double precision' },
        first_stage_burn_time_s: { type: 'double precision' },
        first_stage_thrust_sea_level_kn: { type: 'double precision' },
        first_stage_thrust_vacuum_kn: { type: 'double precision' },
        second_stage_reusable: { type: 'boolean' },
        second_stage_engines: { type: 'integer' },
        second_stage_fuel_t: { type: 'double precision' },
        second_stage_burn_time_s: { type: 'double precision' },
        second_stage_thrust_kn: { type: 'double precision' },
        second_stage_payload_option: { type: 'text' },
        fairing_height_m: { type: 'double precision' },
        fairing_diameter_m: { type: 'double precision' },
        engines: { type: 'integer' },
        engine_type: { type: 'text' },
        engine_version: { type: 'text' },
        engine_layout: { type: 'text' },
        engine_isp_sea_level_s: { type: 'double precision' },
        engine_isp_vacuum_s: { type: 'double precision' },
        engine_loss_max: { type: 'integer' },
        engine_thrust_sea_level_kn: { type: 'double precision' },
        engine_thrust_vacuum_kn: { type: 'double precision' },
        engine_thrust_to_weight: { type: 'double precision' },
        propellant_1: { type: 'text' },
        propellant_2: { type: 'text' },
        landing_legs: { type: 'integer' },
        landing_legs_material: { type: 'text' },
        wikipedia_url: { type: 'text' },
        description: { type: 'text' },
        transformed_at_utc: { type: 'timestamptz', nullable: false, stamp: true },
        transformed_at_date: { type: 'date', nullable: false, stamp: true },
      },
    },
    {
      name: 'rocket_payload_weights',
      key: ['rocket_id', 'position'],
      owner: 'rocket_id',
      columns: {
        rocket_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        orbit: { type: 'text', nullable: false },
        name: { type: 'text', nullable: false },
        mass_kg: { type: 'double precision', nullable: false },
      },
    },
    {
      name: 'rocket_images',
      key: ['rocket_id', 'position'],
      owner: 'rocket_id',
      columns: {
        rocket_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        url: { type: 'text', nullable: false },
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
      description: 'The success rate is more than one percent beside that of the launches',
      reads: ['launches'],
      sql: `SELECT r.id, r.name || ': ' || r.success_rate_pct || ' %, not ' || s.success_rate_pct || ' %' AS detail
            FROM rockets r JOIN launch_success s ON s.rocket_id = r.id WHERE abs(r.success_rate_pct - s.success_rate_pct) > 1`,
    },
  ],
  exampleQuery: 'SELECT name, first_flight_date, mass_kg, height_m FROM rockets ORDER BY first_flight_date',
});
