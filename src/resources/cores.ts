import { array, integer, nullable, object, objectId, oneOf, text } from '../core/contract.ts';
import { defineResource } from '../core/resource.ts';
import { trimmed } from '../core/text.ts';

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

export default defineResource({
  name: 'cores',
  description: 'First stages: their status, how often each flew and landed.',
  path: '/v4/cores',
  shape: 'array',
  needs: {},
  contract,
  tables: [
    {
      name: 'cores',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'text', nullable: false },
        serial: { type: 'text', nullable: false },
        block: { type: 'integer' },
        status: { type: 'text', nullable: false },
        reuse_count: { type: 'integer', nullable: false },
        rtls_attempts: { type: 'integer', nullable: false },
        rtls_landings: { type: 'integer', nullable: false },
        asds_attempts: { type: 'integer', nullable: false },
        asds_landings: { type: 'integer', nullable: false },
        last_update: { type: 'text' },
      },
    },
    {
      name: 'core_launches',
      key: ['core_id', 'position'],
      owner: 'core_id',
      columns: {
        core_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        launch_id: { type: 'text', nullable: false, references: 'launches' },
      },
    },
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
  omitted: {},
  checks: [],
  exampleQuery: 'SELECT serial, block, reuse_count, status FROM cores ORDER BY reuse_count DESC, serial',
});
