import { array, integer, nullable, object, objectId, oneOf, optional, text } from '../core/contract.ts';
import { defineResource } from '../core/resource.ts';
import { trimmed } from '../core/text.ts';

/** GET /v4/capsules. */
const contract = object({
  id: objectId(),
  serial: text(),
  status: oneOf(['unknown', 'active', 'retired', 'destroyed']),
  type: oneOf(['Dragon 1.0', 'Dragon 1.1', 'Dragon 2.0']),
  dragon: optional(nullable(objectId())),
  reuse_count: integer(),
  water_landings: integer(),
  land_landings: integer(),
  last_update: nullable(text()),
  launches: array(objectId()),
});

export default defineResource({
  name: 'capsules',
  description: 'Dragon capsules: their status, how often each flew and how it landed.',
  path: '/v4/capsules',
  shape: 'array',
  needs: {},
  contract,
  tables: [
    {
      name: 'capsules',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'text', nullable: false },
        serial: { type: 'text', nullable: false },
        status: { type: 'text', nullable: false },
        type: { type: 'text', nullable: false },
        dragon_id: { type: 'text', references: 'dragons' },
        reuse_count: { type: 'integer', nullable: false },
        water_landings: { type: 'integer', nullable: false },
        land_landings: { type: 'integer', nullable: false },
        last_update: { type: 'text' },
      },
    },
    {
      name: 'capsule_launches',
      key: ['capsule_id', 'position'],
      owner: 'capsule_id',
      columns: {
        capsule_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        launch_id: { type: 'text', nullable: false, references: 'launches' },
      },
    },
  ],
  transform(capsule) {
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
      capsule_launches: capsule.launches.map((launch_id, position) => ({
        capsule_id: capsule.id,
        position,
        launch_id,
      })),
    };
  },
  omitted: {},
  checks: [],
  exampleQuery: 'SELECT serial, type, status, reuse_count FROM capsules ORDER BY serial',
});
