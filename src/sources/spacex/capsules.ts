import { array, integer, nullable, nullish, object, objectId, oneOf, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { listTableOf, mainTable, notNull, orNull } from '../../core/table.ts';
import { trimmed } from '../../core/text.ts';
import { backReferences } from './back-references.ts';

/** GET /v4/capsules. */
const contract = object({
  id: objectId(),
  serial: text(),
  status: oneOf(['unknown', 'active', 'retired', 'destroyed']),
  type: oneOf(['Dragon 1.0', 'Dragon 1.1', 'Dragon 2.0']),
  dragon: nullish(objectId()),
  reuse_count: integer(),
  water_landings: integer(),
  land_landings: integer(),
  last_update: nullable(text()),
  launches: array(objectId()),
});

const listTable = listTableOf('capsule_id', 'capsule');

export default defineResource({
  name: 'capsules',
  description: 'Dragon capsules: status, number of flights, and landings.',
  path: '/v4/capsules',
  shape: 'array',
  pull: 'snapshot',
  contract,
  tables: [
    mainTable('capsules', 'Dragon capsules.', {
      id: notNull.id('Id of the capsule in the API.'),
      serial: notNull.text('Serial number, such as C201.'),
      status: notNull.text('One of unknown, active, retired or destroyed.'),
      type: notNull.text('Dragon 1.0, Dragon 1.1 or Dragon 2.0.'),
      dragon_id: orNull.id('Dragon model.', { references: 'dragons' }),
      reuse_count: notNull.integer('Number of flights after the first, according to the API.'),
      water_landings: notNull.integer('Number of landings on water, according to the API.'),
      land_landings: notNull.integer('Number of landings on land, according to the API.'),
      last_update: orNull.text('Latest update, as free text.'),
    }),
    listTable('capsule_launches', "Launches listed in a capsule's record.", {
      launch_id: notNull.id('Launch.', { references: 'launches' }),
    }),
  ],
  transform(capsule) {
    const capsule_id = capsule.id;
    return {
      capsules: [
        {
          id: capsule.id,
          serial: capsule.serial.trim(),
          status: capsule.status,
          type: capsule.type,
          dragon_id: capsule.dragon ?? null,
          reuse_count: capsule.reuse_count,
          water_landings: capsule.water_landings,
          land_landings: capsule.land_landings,
          last_update: trimmed(capsule.last_update),
        },
      ],
      capsule_launches: capsule.launches.map((launch_id, position) => ({ capsule_id, position, launch_id })),
    };
  },
  checks: [
    {
      name: 'capsule_reuse_count_differs',
      severity: 'error',
      description: "A capsule's reuse count does not match its past launches",
      reads: ['launches'],
      sql: `SELECT c.id, serial || ': ' || reuse_count || ', flights ' || coalesce(flights, 0) AS detail
            FROM capsules c
            LEFT JOIN (SELECT capsule_id, count(*) AS flights FROM launch_capsules o JOIN launches l ON l.id = o.launch_id AND NOT l.upcoming GROUP BY 1) f
            ON f.capsule_id = c.id
            WHERE reuse_count <> greatest(coalesce(flights, 0) - 1, 0)`,
    },
    {
      name: 'capsule_landings_excess',
      severity: 'warning',
      description: 'A capsule has landed more often than it has flown',
      reads: ['launches'],
      sql: `SELECT c.id, serial || ': ' || water_landings + land_landings || ' landings' AS detail FROM capsules c
            WHERE water_landings + land_landings >
            (SELECT count(*) FROM launch_capsules o JOIN launches l ON l.id = o.launch_id AND NOT l.upcoming WHERE o.capsule_id = c.id)`,
    },
    {
      name: 'capsule_never_flown',
      severity: 'info',
      description: 'No past or upcoming launch uses this capsule',
      reads: ['launches'],
      sql: `SELECT id, serial AS detail FROM capsules c WHERE NOT EXISTS (SELECT FROM launch_capsules o WHERE o.capsule_id = c.id)`,
    },
    ...backReferences({
      one: 'capsule',
      table: 'capsules',
      label: 'serial',
      listed: 'launch_capsules',
    }),
  ],
  exampleQuery: 'SELECT serial, type, status, reuse_count FROM capsules ORDER BY serial',
});
