import { array, integer, nullable, object, objectId, oneOf, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { listTableOf, mainTable, notNull, orNull } from '../../core/table.ts';
import { trimmed } from '../../core/text.ts';
import { backReferences } from './back-references.ts';

/** GET /v4/cores. */
const contract = object({
  id: objectId(),
  serial: text(),
  block: nullable(integer()),
  status: oneOf(['active', 'inactive', 'unknown', 'expended', 'lost', 'retired']),
  reuse_count: integer(),
  rtls_attempts: integer(),
  rtls_landings: integer(),
  asds_attempts: integer(),
  asds_landings: integer(),
  last_update: nullable(text()),
  launches: array(objectId()),
});

const listTable = listTableOf('core_id', 'core');

export default defineResource({
  name: 'cores',
  description: 'First stages: status, number of flights, and landings.',
  path: '/v4/cores',
  shape: 'array',
  pull: 'snapshot',
  contract,
  tables: [
    mainTable('cores', 'First stages (cores).', {
      id: notNull.id('Id of the core in the API.'),
      serial: notNull.text('Serial number, such as B1049.'),
      block: orNull.integer('Version of the booster.'),
      status: notNull.text('One of active, inactive, unknown, expended, lost or retired.'),
      reuse_count: notNull.integer('Number of flights after the first, according to the API.'),
      rtls_attempts: notNull.integer(
        'Number of landing attempts near the launch site, according to the API.',
      ),
      rtls_landings: notNull.integer('Number of landings near the launch site, according to the API.'),
      asds_attempts: notNull.integer('Number of landing attempts on a drone ship, according to the API.'),
      asds_landings: notNull.integer('Number of landings on a drone ship, according to the API.'),
      last_update: orNull.text('Latest update, as free text.'),
    }),
    listTable('core_launches', "Launches listed in a core's record.", {
      launch_id: notNull.id('Launch.', { references: 'launches' }),
    }),
  ],
  transform(core) {
    return {
      cores: [
        {
          id: core.id,
          serial: core.serial.trim(),
          block: core.block,
          status: core.status,
          reuse_count: core.reuse_count,
          rtls_attempts: core.rtls_attempts,
          rtls_landings: core.rtls_landings,
          asds_attempts: core.asds_attempts,
          asds_landings: core.asds_landings,
          last_update: trimmed(core.last_update),
        },
      ],
      core_launches: core.launches.map((launch_id, position) => ({ core_id: core.id, position, launch_id })),
    };
  },
  checks: [
    {
      name: 'core_reuse_count_differs',
      severity: 'error',
      description: "A core's reuse count does not match its past launches",
      reads: ['launches'],
      sql: `SELECT c.id, serial || ': ' || reuse_count || ', flights ' || coalesce(flights, 0) AS detail
            FROM cores c
            LEFT JOIN (SELECT core_id, count(*) AS flights FROM launch_cores o JOIN launches l ON l.id = o.launch_id AND NOT l.upcoming GROUP BY 1) f
            ON f.core_id = c.id
            WHERE reuse_count <> greatest(coalesce(flights, 0) - 1, 0)`,
    },
    {
      name: 'core_landings_differ',
      severity: 'warning',
      description: "A core's landing counts do not match the landings on its past launches",
      reads: ['launches'],
      sql: `SELECT c.id, serial || ': ' || count(*) FILTER (WHERE landing_type = 'ASDS') || ' attempts on drone ships, ' || count(*) FILTER (WHERE landing_type = 'RTLS') || ' on land' AS detail
            FROM cores c JOIN launch_cores o ON o.core_id = c.id AND landing_attempt JOIN launches l ON l.id = o.launch_id AND NOT l.upcoming
            GROUP BY c.id
            HAVING (asds_attempts, asds_landings, rtls_attempts, rtls_landings) <> (
            count(*) FILTER (WHERE landing_type = 'ASDS'), count(*) FILTER (WHERE landing_type = 'ASDS' AND landing_success),
            count(*) FILTER (WHERE landing_type = 'RTLS'), count(*) FILTER (WHERE landing_type = 'RTLS' AND landing_success))`,
    },
    {
      name: 'core_flight_numbers_broken',
      severity: 'warning',
      description: "A core's flights are not numbered consecutively from 1",
      reads: ['launches'],
      sql: `SELECT core_id AS id, core_serial || ': ' || string_agg(flight::text, ', ' ORDER BY nth_flight) AS detail
            FROM booster_flights GROUP BY core_id, core_serial HAVING bool_or(flight IS DISTINCT FROM nth_flight::integer)`,
    },
    {
      name: 'core_reused_differs',
      severity: 'error',
      description: 'A core is marked as reused on its first flight, or as new on a later flight',
      reads: ['launches'],
      sql: `SELECT launch_id AS id, 'flight ' || flight AS detail FROM launch_cores WHERE core_id IS NOT NULL AND reused <> (flight > 1)`,
    },
    {
      name: 'core_unknown_described',
      severity: 'info',
      description: "A core's equipment is known, but the core itself is not identified",
      reads: ['launches'],
      sql: `SELECT l.id, l.name AS detail FROM launch_cores c JOIN launches l ON l.id = c.launch_id WHERE core_id IS NULL AND (gridfins OR legs OR reused)`,
    },
    {
      name: 'launch_core_unknown',
      severity: 'warning',
      description: 'A core of a past launch is unknown',
      reads: ['launches'],
      sql: `SELECT l.id, l.name AS detail FROM launch_cores c JOIN launches l ON l.id = c.launch_id AND NOT l.upcoming WHERE core_id IS NULL`,
    },
    {
      name: 'core_never_flown',
      severity: 'info',
      description: 'No past or upcoming launch uses this core',
      reads: ['launches'],
      sql: `SELECT id, serial AS detail FROM cores c WHERE NOT EXISTS (SELECT FROM launch_cores o WHERE o.core_id = c.id)`,
    },
    ...backReferences({
      one: 'core',
      table: 'cores',
      label: 'serial',
      listed: 'launch_cores',
    }),
  ],
  exampleQuery: 'SELECT serial, block, reuse_count, status FROM cores ORDER BY reuse_count DESC, serial',
});
