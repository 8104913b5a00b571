import { array, integer, nullable, number, object, objectId, oneOf, text } from '../core/contract.ts';
import { defineResource } from '../core/resource.ts';
import { trimmed } from '../core/text.ts';

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
  needs: {},
  contract,
  tables: [
    {
      name: 'landpads',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'text', nullable: false },
        name: { type: 'text' },
        full_name: { type: 'text' },
        status: { type: 'text', nullable: false },
        type: { type: 'text' },
        locality: { type: 'text' },
        region: { type: 'text' },
        latitude_deg: { type: 'double precision' },
        longitude_deg: { type: 'double precision' },
        landing_attempts: { type: 'integer', nullable: false },
        landing_successes: { type: 'integer', nullable: false },
        wikipedia_url: { type: 'text' },
        details: { type: 'text' },
      },
    },
    {
      name: 'landpad_launches',
      key: ['landpad_id', 'position'],
      owner: 'landpad_id',
      columns: {
        landpad_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        launch_id: { type: 'text', nullable: false, references: 'launches' },
      },
    },
    {
      name: 'landpad_images',
      key: ['landpad_id', 'position'],
      owner: 'landpad_id',
      columns: {
        landpad_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        url: { type: 'text', nullable: false },
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
  checks: [],
  exampleQuery:
    'SELECT name, type, landing_attempts, landing_successes FROM landpads ORDER BY landing_attempts DESC',
});
