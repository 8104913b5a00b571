import { array, integer, nullable, number, object, objectId, oneOf, text } from '../core/contract.ts';
import { defineResource } from '../core/resource.ts';
import { trimmed } from '../core/text.ts';

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
  images: object({
    large: array(text()),
  }),
});

export default defineResource({
  name: 'launchpads',
  description: 'Launch sites: where they are, what flies from them, how often it went well.',
  path: '/v4/launchpads',
  shape: 'array',
  needs: {},
  contract,
  tables: [
    {
      name: 'launchpads',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'text', nullable: false },
        name: { type: 'text' },
        full_name: { type: 'text' },
        status: { type: 'text', nullable: false },
        locality: { type: 'text' },
        region: { type: 'text' },
        timezone: { type: 'text' },
        latitude_deg: { type: 'double precision' },
        longitude_deg: { type: 'double precision' },
        launch_attempts: { type: 'integer', nullable: false },
        launch_successes: { type: 'integer', nullable: false },
        details: { type: 'text' },
      },
    },
    {
      name: 'launchpad_rockets',
      key: ['launchpad_id', 'position'],
      owner: 'launchpad_id',
      columns: {
        launchpad_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        rocket_id: { type: 'text', nullable: false, references: 'rockets' },
      },
    },
    {
      name: 'launchpad_launches',
      key: ['launchpad_id', 'position'],
      owner: 'launchpad_id',
      columns: {
        launchpad_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        launch_id: { type: 'text', nullable: false, references: 'launches' },
      },
    },
    {
      name: 'launchpad_images',
      key: ['launchpad_id', 'position'],
      owner: 'launchpad_id',
      columns: {
        launchpad_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        url: { type: 'text', nullable: false },
      },
    },
  ],
  transform(pad) {
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
      launchpad_rockets: pad.rockets.map((rocket_id, position) => ({
        launchpad_id: pad.id,
        position,
        rocket_id,
      })),
      launchpad_launches: pad.launches.map((launch_id, position) => ({
        launchpad_id: pad.id,
        position,
        launch_id,
      })),
      launchpad_images: pad.images.large.map((url, position) => ({
        launchpad_id: pad.id,
        position,
        url: url.trim(),
      })),
    };
  },
  omitted: {},
  checks: [],
  exampleQuery:
    'SELECT name, locality, launch_attempts, launch_successes FROM launchpads ORDER BY launch_attempts DESC',
});
