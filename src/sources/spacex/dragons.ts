import {
  array,
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

const thruster = object({
  type: text(),
  amount: integer(),
  pods: integer(),
  fuel_1: text(),
  fuel_2: text(),
  isp: number(),
  thrust: object({ kN: number(), lbf: optional(nullable(number())) }),
});

/** GET /v4/dragons. Fields without a default in the API's model may be missing. */
const contract = object({
  id: objectId(),
  name: text(),
  type: text(),
  active: bool(),
  crew_capacity: integer(),
  sidewall_angle_deg: number(),
  orbit_duration_yr: number(),
  dry_mass_kg: number(),
  dry_mass_lb: number(),
  first_flight: nullable(calendarDate()),
  heat_shield: object({
    material: text(),
    size_meters: number(),
    temp_degrees: optional(nullable(number())),
    dev_partner: optional(nullable(text())),
  }),
  thrusters: optional(nullable(array(thruster))),
  launch_payload_mass: optional(
    object({
      kg: optional(nullable(number())),
      lb: optional(nullable(number())),
    }),
  ),
  launch_payload_vol: optional(
    object({
      cubic_meters: optional(nullable(number())),
      cubic_feet: optional(nullable(number())),
    }),
  ),
  return_payload_mass: optional(
    object({
      kg: optional(nullable(number())),
      lb: optional(nullable(number())),
    }),
  ),
  return_payload_vol: optional(
    object({
      cubic_meters: optional(nullable(number())),
      cubic_feet: optional(nullable(number())),
    }),
  ),
  pressurized_capsule: optional(
    object({
      payload_volume: optional(
        object({
          cubic_meters: optional(nullable(number())),
          cubic_feet: optional(nullable(number())),
        }),
      ),
    }),
  ),
  trunk: optional(
    object({
      trunk_volume: optional(
        object({
          cubic_meters: optional(nullable(number())),
          cubic_feet: optional(nullable(number())),
        }),
      ),
      cargo: optional(
        object({
          solar_array: optional(nullable(integer())),
          unpressurized_cargo: optional(nullable(bool())),
        }),
      ),
    }),
  ),
  height_w_trunk: optional(
    object({
      meters: optional(nullable(number())),
      feet: optional(nullable(number())),
    }),
  ),
  diameter: optional(
    object({
      meters: optional(nullable(number())),
      feet: optional(nullable(number())),
    }),
  ),
  flickr_images: array(text()),
  wikipedia: optional(nullable(text())),
  description: optional(nullable(text())),
});

export default defineResource({
  name: 'dragons',
  description: 'Kinds of Dragon: size, what they carry, thrusters.',
  path: '/v4/dragons',
  shape: 'array',
  pull: 'snapshot',
  needs: {},
  contract,
  tables: [
    {
      name: 'dragons',
      doc: 'Kinds of Dragon spacecraft.',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'id', nullable: false, doc: 'Id of the kind of Dragon in the API.' },
        name: { type: 'text', nullable: false, doc: 'Name.' },
        type: { type: 'text', nullable: false, doc: 'Kind of spacecraft.' },
        active: { type: 'boolean', nullable: false, doc: 'Whether it still flies.' },
        crew_capacity: { type: 'integer', nullable: false, doc: 'People it can carry.' },
        sidewall_angle_deg: {
          type: 'double precision',
          nullable: false,
          doc: 'Angle of the side wall, in degrees.',
        },
        orbit_duration_years: {
          type: 'double precision',
          nullable: false,
          doc: 'Time it can stay in orbit, in years.',
        },
        dry_mass_kg: {
          type: 'double precision',
          nullable: false,
          doc: 'Mass without propellant, in kilograms.',
        },
        first_flight_date: { type: 'date', doc: 'Day of the first flight.' },
        heat_shield_material: { type: 'text', nullable: false, doc: 'Material of the heat shield.' },
        heat_shield_size_m: {
          type: 'double precision',
          nullable: false,
          doc: 'Size of the heat shield, in metres.',
        },
        heat_shield_temp_degrees: {
          type: 'double precision',
          doc: 'Temperature that the heat shield withstands, in degrees; the API does not say of which scale.',
        },
        heat_shield_dev_partner: { type: 'text', doc: 'Partner in developing the heat shield.' },
        launch_payload_mass_kg: {
          type: 'double precision',
          doc: 'Mass it can carry to orbit, in kilograms.',
        },
        launch_payload_volume_m3: {
          type: 'double precision',
          doc: 'Volume it can carry to orbit, in cubic metres.',
        },
        return_payload_mass_kg: {
          type: 'double precision',
          doc: 'Mass it can return to Earth, in kilograms.',
        },
        return_payload_volume_m3: {
          type: 'double precision',
          doc: 'Volume it can return to Earth, in cubic metres.',
        },
        pressurized_volume_m3: { type: 'double precision', doc: 'Pressurized volume, in cubic metres.' },
        trunk_volume_m3: { type: 'double precision', doc: 'Volume of the trunk, in cubic metres.' },
        trunk_solar_arrays: { type: 'integer', doc: 'Solar arrays on the trunk.' },
        trunk_unpressurized_cargo: { type: 'boolean', doc: 'Whether the trunk carries cargo.' },
        height_with_trunk_m: { type: 'double precision', doc: 'Height with the trunk, in metres.' },
        diameter_m: { type: 'double precision', doc: 'Diameter in metres.' },
        wikipedia_url: { type: 'text', doc: 'Wikipedia article.' },
        description: { type: 'text', doc: 'Description in prose.' },
      },
    },
    {
      name: 'dragon_thrusters',
      doc: 'Thrusters of a kind of Dragon.',
      key: ['dragon_id', 'position'],
      owner: 'dragon_id',
      columns: {
        dragon_id: { type: 'id', nullable: false, doc: 'Kind of Dragon.' },
        position: { type: 'integer', nullable: false, doc: 'Position in the list of the dragon, from 0.' },
        type: { type: 'text', nullable: false, doc: 'Kind of thruster.' },
        amount: { type: 'integer', nullable: false, doc: 'Number of thrusters.' },
        pods: { type: 'integer', nullable: false, doc: 'Number of pods that they are grouped in.' },
        fuel_1: { type: 'text', nullable: false, doc: 'First propellant.' },
        fuel_2: { type: 'text', nullable: false, doc: 'Second propellant.' },
        isp_s: { type: 'double precision', nullable: false, doc: 'Specific impulse in seconds.' },
        thrust_kn: {
          type: 'double precision',
          nullable: false,
          doc: 'Thrust of one thruster, in kilonewtons.',
        },
      },
    },
    {
      name: 'dragon_images',
      doc: 'Photographs of a kind of Dragon.',
      key: ['dragon_id', 'position'],
      owner: 'dragon_id',
      columns: {
        dragon_id: { type: 'id', nullable: false, doc: 'Kind of Dragon.' },
        position: { type: 'integer', nullable: false, doc: 'Position in the list of the dragon, from 0.' },
        url: { type: 'text', nullable: false, doc: 'URL of the picture.' },
      },
    },
  ],
  transform(dragon) {
    return {
      dragons: [
        {
          id: dragon.id,
          name: dragon.name.trim(),
          type: dragon.type.trim(),
          active: dragon.active,
          crew_capacity: dragon.crew_capacity,
          sidewall_angle_deg: dragon.sidewall_angle_deg,
          orbit_duration_years: dragon.orbit_duration_yr,
          dry_mass_kg: dragon.dry_mass_kg,
          first_flight_date: dragon.first_flight,
          heat_shield_material: dragon.heat_shield.material.trim(),
          heat_shield_size_m: dragon.heat_shield.size_meters,
          heat_shield_temp_degrees: dragon.heat_shield.temp_degrees ?? null,
          heat_shield_dev_partner: trimmed(dragon.heat_shield.dev_partner),
          launch_payload_mass_kg: dragon.launch_payload_mass?.kg ?? null,
          launch_payload_volume_m3: dragon.launch_payload_vol?.cubic_meters ?? null,
          return_payload_mass_kg: dragon.return_payload_mass?.kg ?? null,
          return_payload_volume_m3: dragon.return_payload_vol?.cubic_meters ?? null,
          pressurized_volume_m3: dragon.pressurized_capsule?.payload_volume?.cubic_meters ?? null,
          trunk_volume_m3: dragon.trunk?.trunk_volume?.cubic_meters ?? null,
          trunk_solar_arrays: dragon.trunk?.cargo?.solar_array ?? null,
          trunk_unpressurized_cargo: dragon.trunk?.cargo?.unpressurized_cargo ?? null,
          height_with_trunk_m: dragon.height_w_trunk?.meters ?? null,
          diameter_m: dragon.diameter?.meters ?? null,
          wikipedia_url: trimmed(dragon.wikipedia),
          description: trimmed(dragon.description),
        },
      ],
      dragon_thrusters: (dragon.thrusters ?? []).map((one, position) => ({
        dragon_id: dragon.id,
        position,
        type: one.type.trim(),
        amount: one.amount,
        pods: one.pods,
        fuel_1: one.fuel_1.trim(),
        fuel_2: one.fuel_2.trim(),
        isp_s: one.isp,
        thrust_kn: one.thrust.kN,
      })),
      dragon_images: dragon.flickr_images.map((url, position) => ({
        dragon_id: dragon.id,
        position,
        url: url.trim(),
      })),
    };
  },
  omitted: {
    '/thrusters/*/thrust/lbf': 'the same thrust in kilonewtons is kept',
    '/dry_mass_lb': 'the same mass in kilograms is kept',
    '/launch_payload_mass/lb': 'the same mass in kilograms is kept',
    '/launch_payload_vol/cubic_feet': 'the same volume in cubic metres is kept',
    '/return_payload_mass/lb': 'the same mass in kilograms is kept',
    '/return_payload_vol/cubic_feet': 'the same volume in cubic metres is kept',
    '/pressurized_capsule/payload_volume/cubic_feet': 'the same volume in cubic metres is kept',
    '/trunk/trunk_volume/cubic_feet': 'the same volume in cubic metres is kept',
    '/height_w_trunk/feet': 'the same length in metres is kept',
    '/diameter/feet': 'the same length in metres is kept',
  },
  checks: [],
  exampleQuery: 'SELECT name, crew_capacity, dry_mass_kg, launch_payload_mass_kg FROM dragons ORDER BY name',
});
