import { array, bool, integer, nullable, number, object, objectId, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { trimmed } from '../../core/text.ts';
import { backReferences } from './back-references.ts';

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

export default defineResource({
  name: 'ships',
  description: 'Ships that support launches and recoveries: roles, size, home port.',
  path: '/v4/ships',
  shape: 'array',
  pull: 'snapshot',
  needs: {},
  contract,
  tables: [
    {
      name: 'ships',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'text', nullable: false },
        name: { type: 'text', nullable: false },
        legacy_id: { type: 'text' },
        model: { type: 'text' },
        type: { type: 'text' },
        active: { type: 'boolean', nullable: false },
        imo: { type: 'integer' },
        mmsi: { type: 'integer' },
        abs: { type: 'integer' },
        class: { type: 'integer' },
        mass_kg: { type: 'double precision' },
        year_built: { type: 'integer' },
        home_port: { type: 'text' },
        status: { type: 'text' },
        speed_kn: { type: 'double precision' },
        course_deg: { type: 'double precision' },
        latitude_deg: { type: 'double precision' },
        longitude_deg: { type: 'double precision' },
        last_ais_update: { type: 'text' },
        link_url: { type: 'text' },
        image_url: { type: 'text' },
      },
    },
    {
      name: 'ship_roles',
      key: ['ship_id', 'position'],
      owner: 'ship_id',
      columns: {
        ship_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        role: { type: 'text', nullable: false },
      },
    },
    {
      name: 'ship_launches',
      key: ['ship_id', 'position'],
      owner: 'ship_id',
      columns: {
        ship_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        launch_id: { type: 'text', nullable: false, references: 'launches' },
      },
    },
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
    '/mass_lbs': 'the same mass in kilograms is kept',
  },
  checks: [
    {
      name: 'fairing_ship_unlisted',
      severity: 'info',
      description: 'A ship that was there for the fairing is not among the ships of the launch',
      reads: ['launches'],
      sql: `SELECT l.id, l.name || ': ' || coalesce(s.name, f.ship_id) AS detail
            FROM launch_fairing_ships f JOIN launches l ON l.id = f.launch_id LEFT JOIN ships s ON s.id = f.ship_id
            WHERE NOT EXISTS (SELECT FROM launch_ships o WHERE o.launch_id = f.launch_id AND o.ship_id = f.ship_id)`,
    },
    {
      name: 'ship_status_empty',
      severity: 'info',
      description: 'A ship has a status of no characters, where others have none',
      sql: `SELECT id, name AS detail FROM ships WHERE status = ''`,
    },
    ...backReferences({
      one: 'ship',
      table: 'ships',
      label: 'name',
      id: 'ship_id',
      named: 'ship_launches',
      listed: 'launch_ships',
    }),
  ],
  exampleQuery: 'SELECT name, type, home_port, active FROM ships ORDER BY name',
});
