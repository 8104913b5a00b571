import { array, bool, integer, nullable, number, object, objectId, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { listTableOf, mainTable, notNull, orNull } from '../../core/table.ts';
import { trimmed } from '../../core/text.ts';
import { backReferences } from './back-references.ts';
import { POUNDS } from './measures.ts';

/** GET /v4/ships. */
const contract = object({
  id: objectId(),
  name: text(),
  legacy_id: nullable(text()),
  model: nullable(text()),
  type: nullable(text()),
  roles: array(text()),
  active: bool(),
  imo: nullable(integer()),
  mmsi: nullable(integer()),
  abs: nullable(integer()),
  class: nullable(integer()),
  mass_kg: nullable(number()),
  mass_lbs: nullable(number()),
  year_built: nullable(integer()),
  home_port: nullable(text()),
  status: nullable(text()),
  speed_kn: nullable(number()),
  course_deg: nullable(number()),
  latitude: nullable(number()),
  longitude: nullable(number()),
  last_ais_update: nullable(text()),
  link: nullable(text()),
  image: nullable(text()),
  launches: array(objectId()),
});

const listTable = listTableOf('ship_id', 'ship');

export default defineResource({
  name: 'ships',
  description: 'Ships that support launches and recoveries: roles, size and home port.',
  path: '/v4/ships',
  shape: 'array',
  pull: 'snapshot',
  contract,
  tables: [
    mainTable('ships', 'Ships that support launches and recoveries.', {
      id: notNull.id('Id of the ship in the API.'),
      name: notNull.text('Name.'),
      legacy_id: orNull.text('Id in an earlier version of the API.'),
      model: orNull.text('Model.'),
      type: orNull.text('Ship type.'),
      active: notNull.boolean('Whether it is in service.'),
      imo: orNull.integer('International Maritime Organization (IMO) number.'),
      mmsi: orNull.integer('Maritime Mobile Service Identity (MMSI).'),
      abs: orNull.integer('American Bureau of Shipping (ABS) number.'),
      class: orNull.integer('Class number.'),
      mass_kg: orNull.double('Mass in kilograms.'),
      year_built: orNull.integer('Year it was built.'),
      home_port: orNull.text('Home port.'),
      status: orNull.text('Current activity.'),
      speed_kn: orNull.double('Speed in knots.'),
      course_deg: orNull.double('Course, in degrees from north.'),
      latitude_deg: orNull.double('Degrees north.'),
      longitude_deg: orNull.double('Degrees east.'),
      last_ais_update: orNull.text('Last position report, as given by the API.'),
      link_url: orNull.text('Web page about the ship.'),
      image_url: orNull.text('Photograph.'),
    }),
    listTable('ship_roles', 'Roles of a ship.', {
      role: notNull.text('Role.'),
    }),
    listTable('ship_launches', "Launches listed in a ship's record.", {
      launch_id: notNull.id('Launch.', { references: 'launches' }),
    }),
  ],
  transform(ship) {
    return {
      ships: [
        {
          id: ship.id,
          name: ship.name.trim(),
          legacy_id: trimmed(ship.legacy_id),
          model: trimmed(ship.model),
          type: trimmed(ship.type),
          active: ship.active,
          imo: ship.imo,
          mmsi: ship.mmsi,
          abs: ship.abs,
          class: ship.class,
          mass_kg: ship.mass_kg,
          year_built: ship.year_built,
          home_port: trimmed(ship.home_port),
          status: trimmed(ship.status),
          speed_kn: ship.speed_kn,
          course_deg: ship.course_deg,
          latitude_deg: ship.latitude,
          longitude_deg: ship.longitude,
          last_ais_update: trimmed(ship.last_ais_update),
          link_url: trimmed(ship.link),
          image_url: trimmed(ship.image),
        },
      ],
      ship_roles: ship.roles.map((role, position) => ({ ship_id: ship.id, position, role: role.trim() })),
      ship_launches: ship.launches.map((launch_id, position) => ({ ship_id: ship.id, position, launch_id })),
    };
  },
  omitted: {
    '/mass_lbs': POUNDS,
  },
  checks: [
    {
      name: 'fairing_ship_unlisted',
      severity: 'info',
      description: "A ship that recovers a launch's fairing is not listed among that launch's ships",
      reads: ['launches'],
      sql: `SELECT l.id, l.name || ': ' || coalesce(s.name, f.ship_id) AS detail
            FROM launch_fairing_ships f JOIN launches l ON l.id = f.launch_id LEFT JOIN ships s ON s.id = f.ship_id
            WHERE NOT EXISTS (SELECT FROM launch_ships o WHERE o.launch_id = f.launch_id AND o.ship_id = f.ship_id)`,
    },
    {
      name: 'ship_status_empty',
      severity: 'info',
      description: "A ship's status is an empty string instead of null",
      sql: `SELECT id, name AS detail FROM ships WHERE status = ''`,
    },
    ...backReferences({
      one: 'ship',
      table: 'ships',
      label: 'name',
      listed: 'launch_ships',
    }),
  ],
  exampleQuery: 'SELECT name, type, home_port, active FROM ships ORDER BY name',
});
