import { array, nullable, object, objectId, oneOf, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { trimmed } from '../../core/text.ts';
import { backReferences } from './back-references.ts';

/** GET /v4/crew. */
const contract = object({
  id: objectId(),
  name: nullable(text()),
  status: oneOf(['active', 'inactive', 'retired', 'unknown']),
  agency: nullable(text()),
  image: nullable(text()),
  wikipedia: nullable(text()),
  launches: array(objectId()),
});

export default defineResource({
  name: 'crew',
  description: 'Crew members: agency, status, flights.',
  path: '/v4/crew',
  shape: 'array',
  pull: 'snapshot',
  needs: {},
  contract,
  tables: [
    {
      name: 'crew',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'text', nullable: false },
        name: { type: 'text' },
        status: { type: 'text', nullable: false },
        agency: { type: 'text' },
        image_url: { type: 'text' },
        wikipedia_url: { type: 'text' },
      },
    },
    {
      name: 'crew_launches',
      key: ['crew_id', 'position'],
      owner: 'crew_id',
      columns: {
        crew_id: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        launch_id: { type: 'text', nullable: false, references: 'launches' },
      },
    },
  ],
  transform(member) {
    return {
      crew: [
        {
          id: member.id,
          name: trimmed(member.name),
          status: member.status,
          agency: trimmed(member.agency),
          image_url: trimmed(member.image),
          wikipedia_url: trimmed(member.wikipedia),
        },
      ],
      crew_launches: member.launches.map((launch_id, position) => ({
        crew_id: member.id,
        position,
        launch_id,
      })),
    };
  },
  omitted: {},
  checks: [
    ...backReferences({
      one: 'crew',
      table: 'crew',
      label: 'name',
      id: 'crew_id',
      named: 'crew_launches',
      listed: 'launch_crew',
    }),
  ],
  exampleQuery: 'SELECT agency, count(*) AS members FROM crew GROUP BY 1 ORDER BY 2 DESC',
});
