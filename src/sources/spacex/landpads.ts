import { array, integer, nullable, number, object, objectId, oneOf, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { listTableOf, mainTable, notNull, orNull } from '../../core/table.ts';
import { trimmed } from '../../core/text.ts';
import { backReferences } from './back-references.ts';

/** GET /v4/landpads. */
const contract = object({
  id: objectId(),
  name: nullable(text()),
  full_name: nullable(text()),
  status: oneOf(['active', 'inactive', 'unknown', 'retired', 'lost', 'under construction']),
  type: nullable(text()),
  locality: nullable(text()),
  region: nullable(text()),
  latitude: nullable(number()),
  longitude: nullable(number()),
  landing_attempts: integer(),
  landing_successes: integer(),
  wikipedia: nullable(text()),
  details: nullable(text()),
  launches: array(objectId()),
  images: object({ large: array(text()) }),
});

const listTable = listTableOf('landpad_id', 'landing pad', 'Landing pad or drone ship.');

export default defineResource({
  name: 'landpads',
  description: 'Landing pads and drone ships: location, landing attempts and successes.',
  path: '/v4/landpads',
  shape: 'array',
  pull: 'snapshot',
  contract,
  tables: [
    mainTable('landpads', 'Landing pads and drone ships.', {
      id: notNull.id('Id of the landing pad in the API.'),
      name: orNull.text('Short name.'),
      full_name: orNull.text('Full name.'),
      status: notNull.text('One of active, inactive, unknown, retired, lost or under construction.'),
      type: orNull.text('RTLS (on land, near the launch site) or ASDS (drone ship).'),
      locality: orNull.text('Town or locality.'),
      region: orNull.text('State or region.'),
      latitude_deg: orNull.double('Degrees north.'),
      longitude_deg: orNull.double('Degrees east.'),
      landing_attempts: notNull.integer('Number of landing attempts, according to the API.'),
      landing_successes: notNull.integer('Number of successful landings, according to the API.'),
      wikipedia_url: orNull.text('Wikipedia article.'),
      details: orNull.text('Description.'),
    }),
    listTable('landpad_launches', "Launches listed in a landing pad's record.", {
      launch_id: notNull.id('Launch.', { references: 'launches' }),
    }),
    listTable('landpad_images', 'Photographs of a landing pad.', {
      url: notNull.text('URL of the image.'),
    }),
  ],
  transform(pad) {
    const landpad_id = pad.id;
    return {
      landpads: [
        {
          id: pad.id,
          name: trimmed(pad.name),
          full_name: trimmed(pad.full_name),
          status: pad.status,
          type: trimmed(pad.type),
          locality: trimmed(pad.locality),
          region: trimmed(pad.region),
          latitude_deg: pad.latitude,
          longitude_deg: pad.longitude,
          landing_attempts: pad.landing_attempts,
          landing_successes: pad.landing_successes,
          wikipedia_url: trimmed(pad.wikipedia),
          details: trimmed(pad.details),
        },
      ],
      landpad_launches: pad.launches.map((launch_id, position) => ({ landpad_id, position, launch_id })),
      landpad_images: pad.images.large.map((url, position) => ({ landpad_id, position, url: url.trim() })),
    };
  },
  checks: [
    {
      name: 'landpad_counts_differ',
      severity: 'warning',
      description: "A pad's landing counts do not match the past landings there",
      reads: ['launches'],
      sql: `SELECT p.id, p.name || ': ' || landing_attempts || ' and ' || landing_successes || ', not ' || attempts || ' and ' || successes AS detail
            FROM landpads p
            LEFT JOIN (SELECT landpad_id, count(*) AS attempts, count(*) FILTER (WHERE landing_success) AS successes
            FROM launch_cores c JOIN launches l ON l.id = c.launch_id AND NOT l.upcoming WHERE landing_attempt GROUP BY 1) c ON c.landpad_id = p.id
            WHERE (landing_attempts, landing_successes) <> (coalesce(attempts, 0), coalesce(successes, 0))`,
    },
    {
      name: 'landpad_same_place',
      severity: 'info',
      description: 'Two pads on land have the same position',
      sql: `SELECT p.id, p.name || ' and ' || o.name AS detail
            FROM landpads p JOIN landpads o ON (o.latitude_deg, o.longitude_deg) = (p.latitude_deg, p.longitude_deg) AND o.id <> p.id
            WHERE p.type = 'RTLS'`,
    },
    {
      name: 'landing_outcome_unknown',
      severity: 'warning',
      description: 'A core attempted a landing on a past launch, but the outcome is missing',
      reads: ['launches'],
      sql: `SELECT l.id, l.name AS detail FROM launch_cores c JOIN launches l ON l.id = c.launch_id AND NOT l.upcoming
            WHERE landing_attempt AND landing_success IS NULL`,
    },
    {
      name: 'landing_without_attempt',
      severity: 'error',
      description: 'A core landed without a landing attempt',
      reads: ['launches'],
      sql: `SELECT l.id, l.name AS detail FROM launch_cores c JOIN launches l ON l.id = c.launch_id
            WHERE landing_success AND landing_attempt IS NOT TRUE`,
    },
    {
      name: 'landing_without_pad',
      severity: 'warning',
      description:
        'On a past launch, a core attempted a landing other than in the ocean, but no pad is listed',
      reads: ['launches'],
      sql: `SELECT l.id, l.name AS detail FROM launch_cores c JOIN launches l ON l.id = c.launch_id AND NOT l.upcoming
            WHERE landing_attempt AND landpad_id IS NULL AND landing_type IS DISTINCT FROM 'Ocean'`,
    },
    ...backReferences({
      one: 'landpad',
      table: 'landpads',
      label: 'name',
      listed: 'launch_cores',
    }),
  ],
  exampleQuery:
    'SELECT name, type, landing_attempts, landing_successes FROM landpads ORDER BY landing_attempts DESC',
});
