import { array, integer, nullable, number, object, objectId, oneOf, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
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
  images: object({
    large: array(text()),
  }),
});

export default defineResource({
  name: 'landpads',
  description: 'Landing pads and drone ships: where boosters land, how often it went well.',
  path: '/v4/landpads',
  shape: 'array',
  pull: 'snapshot',
  needs: {},
  contract,
  tables: [
    {
      name: 'landpads',
      doc: 'Landing pads and drone ships.',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'id', nullable: false, doc: 'Id of the landing pad in the API.' },
        name: { type: 'text', doc: 'Short name.' },
        full_name: { type: 'text', doc: 'Full name.' },
        status: {
          type: 'text',
          nullable: false,
          doc: 'One of active, inactive, unknown, retired, lost or under construction.',
        },
        type: { type: 'text', doc: 'RTLS (on land, near the launch site) or ASDS (drone ship).' },
        locality: { type: 'text', doc: 'Town or area.' },
        region: { type: 'text', doc: 'State or region.' },
        latitude_deg: { type: 'double precision', doc: 'Degrees north.' },
        longitude_deg: { type: 'double precision', doc: 'Degrees east.' },
        landing_attempts: {
          type: 'integer',
          nullable: false,
          doc: 'Landing attempts, as the API counts them.',
        },
        landing_successes: {
          type: 'integer',
          nullable: false,
          doc: 'Landings that succeeded, as the API counts them.',
        },
        wikipedia_url: { type: 'text', doc: 'Wikipedia article.' },
        details: { type: 'text', doc: 'Description in prose.' },
      },
    },
    {
      name: 'landpad_launches',
      doc: 'Launches that a landing pad names.',
      key: ['landpad_id', 'position'],
      owner: 'landpad_id',
      columns: {
        landpad_id: { type: 'id', nullable: false, doc: 'Landing pad or drone ship.' },
        position: {
          type: 'integer',
          nullable: false,
          doc: 'Position in the list of the landing pad, from 0.',
        },
        launch_id: { type: 'id', nullable: false, references: 'launches', doc: 'Launch.' },
      },
    },
    {
      name: 'landpad_images',
      doc: 'Photographs of a landing pad.',
      key: ['landpad_id', 'position'],
      owner: 'landpad_id',
      columns: {
        landpad_id: { type: 'id', nullable: false, doc: 'Landing pad or drone ship.' },
        position: {
          type: 'integer',
          nullable: false,
          doc: 'Position in the list of the landing pad, from 0.',
        },
        url: { type: 'text', nullable: false, doc: 'URL of the picture.' },
      },
    },
  ],
  transform(pad) {
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
      landpad_launches: pad.launches.map((launch_id, position) => ({
        landpad_id: pad.id,
        position,
        launch_id,
      })),
      landpad_images: pad.images.large.map((url, position) => ({
        landpad_id: pad.id,
        position,
        url: url.trim(),
      })),
    };
  },
  omitted: {},
  checks: [
    {
      name: 'landpad_counts_differ',
      severity: 'warning',
      description: 'A pad counts other landings than those that tried it',
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
      description: 'Two pads on land have one position',
      sql: `SELECT p.id, p.name || ' and ' || o.name AS detail
            FROM landpads p JOIN landpads o ON (o.latitude_deg, o.longitude_deg) = (p.latitude_deg, p.longitude_deg) AND o.id <> p.id
            WHERE p.type = 'RTLS'`,
    },
    {
      name: 'landing_outcome_unknown',
      severity: 'warning',
      description: 'A core tried to land on a past launch, and the outcome is missing',
      reads: ['launches'],
      sql: `SELECT l.id, l.name AS detail FROM launch_cores c JOIN launches l ON l.id = c.launch_id AND NOT l.upcoming
            WHERE landing_attempt AND landing_success IS NULL`,
    },
    {
      name: 'landing_without_attempt',
      severity: 'error',
      description: 'A core landed that did not try to',
      reads: ['launches'],
      sql: `SELECT l.id, l.name AS detail FROM launch_cores c JOIN launches l ON l.id = c.launch_id
            WHERE landing_success AND landing_attempt IS NOT TRUE`,
    },
    {
      name: 'landing_without_pad',
      severity: 'warning',
      description: 'A core tried to land elsewhere than in the sea on a past launch, and no pad is named',
      reads: ['launches'],
      sql: `SELECT l.id, l.name AS detail FROM launch_cores c JOIN launches l ON l.id = c.launch_id AND NOT l.upcoming
            WHERE landing_attempt AND landpad_id IS NULL AND landing_type IS DISTINCT FROM 'Ocean'`,
    },
    ...backReferences({
      one: 'landpad',
      table: 'landpads',
      label: 'name',
      id: 'landpad_id',
      named: 'landpad_launches',
      listed: 'launch_cores',
    }),
  ],
  exampleQuery:
    'SELECT name, type, landing_attempts, landing_successes FROM landpads ORDER BY landing_attempts DESC',
});
