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
  needs: {},
  contract,
  tables: [
    {
      name: 'ships',
      doc: 'Ships that support launches and recoveries.',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'id', nullable: false, doc: 'Id of the ship in the API.' },
        name: { type: 'text', nullable: false, doc: 'Name.' },
        legacy_id: { type: 'text', doc: 'Id in an earlier version of the API.' },
        model: { type: 'text', doc: 'Model.' },
        type: { type: 'text', doc: 'Kind of ship.' },
        active: { type: 'boolean', nullable: false, doc: 'Whether it is in service.' },
        imo: { type: 'integer', doc: 'Number of the International Maritime Organization.' },
        mmsi: { type: 'integer', doc: 'Maritime Mobile Service Identity.' },
        abs: { type: 'integer', doc: 'Number of the American Bureau of Shipping.' },
        class: { type: 'integer', doc: 'Class number.' },
        mass_kg: { type: 'double precision', doc: 'Mass in kilograms.' },
        year_built: { type: 'integer', doc: 'Year in which it was built.' },
        home_port: { type: 'text', doc: 'Home port.' },
        status: { type: 'text', doc: 'Current activity.' },
        speed_kn: { type: 'double precision', doc: 'Speed in knots.' },
        course_deg: { type: 'double precision', doc: 'Course in degrees from north.' },
        latitude_deg: { type: 'double precision', doc: 'Degrees north.' },
        longitude_deg: { type: 'double precision', doc: 'Degrees east.' },
        last_ais_update: { type: 'text', doc: 'Last position report, as the API gives it.' },
        link_url: { type: 'text', doc: 'Web page about it.' },
        image_url: { type: 'text', doc: 'Photograph.' },
      },
    },
    {
      name: 'ship_roles',
      doc: 'What a ship does.',
      key: ['ship_id', 'position'],
      owner: 'ship_id',
      columns: {
        ship_id: { type: 'id', nullable: false, doc: 'Ship.' },
        position: { type: 'integer', nullable: false, doc: 'Position in the list of the ship, from 0.' },
        role: { type: 'text', nullable: false, doc: 'Role.' },
      },
    },
    {
      name: 'ship_launches',
      doc: 'Launches that a ship names.',
      key: ['ship_id', 'position'],
      owner: 'ship_id',
      columns: {
        ship_id: { type: 'id', nullable: false, doc: 'Ship.' },
        position: { type: 'integer', nullable: false, doc: 'Position in the list of the ship, from 0.' },
        launch_id: { type: 'id', nullable: false, references: 'launches', doc: 'Launch.' },
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
