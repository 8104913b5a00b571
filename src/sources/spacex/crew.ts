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
      doc: 'Crew members.',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'id', nullable: false, doc: 'Id of the crew member in the API.' },
        name: { type: 'text', doc: 'Name.' },
        status: { type: 'text', nullable: false, doc: 'One of active, inactive, retired or unknown.' },
        agency: { type: 'text', doc: 'Agency.' },
        image_url: { type: 'text', doc: 'Photograph.' },
        wikipedia_url: { type: 'text', doc: 'Wikipedia article.' },
      },
    },
    {
      name: 'crew_launches',
      doc: 'Launches that a crew member names.',
      key: ['crew_id', 'position'],
      owner: 'crew_id',
      columns: {
        crew_id: { type: 'id', nullable: false, doc: 'Crew member.' },
        position: {
          type: 'integer',
          nullable: false,
          doc: 'Position in the list of the crew member, from 0.',
        },
        launch_id: { type: 'id', nullable: false, references: 'launches', doc: 'Launch.' },
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
