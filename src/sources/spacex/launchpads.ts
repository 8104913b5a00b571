import { array, integer, nullable, number, object, objectId, oneOf, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { listTableOf, mainTable, notNull, orNull } from '../../core/table.ts';
import { trimmed } from '../../core/text.ts';
import { backReferences } from './back-references.ts';

/** GET /v4/launchpads. */
const contract = object({
  id: objectId(),
  name: nullable(text()),
  full_name: nullable(text()),
  status: oneOf(['active', 'inactive', 'unknown', 'retired', 'lost', 'under construction']),
  locality: nullable(text()),
  region: nullable(text()),
  timezone: nullable(text()),
  latitude: nullable(number()),
  longitude: nullable(number()),
  launch_attempts: integer(),
  launch_successes: integer(),
  rockets: array(objectId()),
  launches: array(objectId()),
  details: nullable(text()),
  images: object({ large: array(text()) }),
});

const listTable = listTableOf('launchpad_id', 'launch site');

export default defineResource({
  name: 'launchpads',
  description: 'Launch sites: location, rockets, launch attempts and successes.',
  path: '/v4/launchpads',
  shape: 'array',
  pull: 'snapshot',
  contract,
  tables: [
    mainTable('launchpads', 'Launch sites.', {
      id: notNull.id('Id of the launch site in the API.'),
      name: orNull.text('Short name.'),
      full_name: orNull.text('Full name.'),
      status: notNull.text('One of active, inactive, unknown, retired, lost or under construction.'),
      locality: orNull.text('Town or locality.'),
      region: orNull.text('State or region.'),
      timezone: orNull.text('Time zone name in the IANA database.'),
      latitude_deg: orNull.double('Degrees north.'),
      longitude_deg: orNull.double('Degrees east.'),
      launch_attempts: notNull.integer('Number of launches, according to the API.'),
      launch_successes: notNull.integer('Number of successful launches, according to the API.'),
      details: orNull.text('Description.'),
    }),
    listTable('launchpad_rockets', 'Rockets that fly from a launch site.', {
      rocket_id: notNull.id('Rocket.', { references: 'rockets' }),
    }),
    listTable('launchpad_launches', "Launches listed in a launch site's record.", {
      launch_id: notNull.id('Launch.', { references: 'launches' }),
    }),
    listTable('launchpad_images', 'Photographs of a launch site.', {
      url: notNull.text('URL of the image.'),
    }),
  ],
  transform(pad) {
    const launchpad_id = pad.id;
    return {
      launchpads: [
        {
          id: pad.id,
          name: trimmed(pad.name),
          full_name: trimmed(pad.full_name),
          status: pad.status,
          locality: trimmed(pad.locality),
          region: trimmed(pad.region),
          timezone: trimmed(pad.timezone),
          latitude_deg: pad.latitude,
          longitude_deg: pad.longitude,
          launch_attempts: pad.launch_attempts,
          launch_successes: pad.launch_successes,
          details: trimmed(pad.details),
        },
      ],
      launchpad_rockets: pad.rockets.map((rocket_id, position) => ({ launchpad_id, position, rocket_id })),
      launchpad_launches: pad.launches.map((launch_id, position) => ({ launchpad_id, position, launch_id })),
      launchpad_images: pad.images.large.map((url, position) => ({
        launchpad_id,
        position,
        url: url.trim(),
      })),
    };
  },
  checks: [
    {
      name: 'launch_utc_offset_differs',
      severity: 'warning',
      description: "The UTC offset of the local date does not match the pad's time zone",
      reads: ['launches'],
      sql: `SELECT l.id, l.name || ': ' || l.launch_utc_offset_minutes || ' minutes, unlike ' || p.timezone AS detail
            FROM launches l JOIN launchpads p ON p.id = l.launchpad_id
            WHERE extract(epoch FROM l.launch_date_local AT TIME ZONE p.timezone - l.launch_date_local AT TIME ZONE 'UTC')
            <> 60 * l.launch_utc_offset_minutes`,
    },
    {
      name: 'launchpad_counts_differ',
      severity: 'error',
      description: "A pad's launch counts do not match the launches that used it",
      reads: ['launches'],
      sql: `SELECT p.id, p.name || ': ' || launch_attempts || ' and ' || launch_successes || ', not ' || attempts || ' and ' || successes AS detail
            FROM launchpads p
            LEFT JOIN (SELECT launchpad_id, count(*) AS attempts, count(*) FILTER (WHERE success) AS successes
            FROM launches WHERE NOT upcoming GROUP BY 1) l ON l.launchpad_id = p.id
            WHERE (launch_attempts, launch_successes) <> (coalesce(attempts, 0), coalesce(successes, 0))`,
    },
    {
      name: 'launchpad_rocket_unlisted',
      severity: 'warning',
      description: 'A pad does not list a rocket that was launched there',
      reads: ['launches'],
      sql: `SELECT DISTINCT p.id, p.name || ' and rocket ' || l.rocket_id AS detail FROM launchpads p JOIN launches l ON l.launchpad_id = p.id AND NOT l.upcoming
            WHERE NOT EXISTS (SELECT FROM launchpad_rockets r WHERE r.launchpad_id = p.id AND r.rocket_id = l.rocket_id)`,
    },
    {
      name: 'launchpad_never_used',
      severity: 'info',
      description: 'No past or upcoming launch uses this pad',
      reads: ['launches'],
      sql: `SELECT id, name AS detail FROM launchpads p WHERE NOT EXISTS (SELECT FROM launches l WHERE l.launchpad_id = p.id)`,
    },
    ...backReferences({
      one: 'launchpad',
      table: 'launchpads',
      label: 'name',
      listed: '(SELECT id AS launch_id, launchpad_id FROM launches)',
    }),
  ],
  exampleQuery:
    'SELECT name, locality, launch_attempts, launch_successes FROM launchpads ORDER BY launch_attempts DESC',
});
