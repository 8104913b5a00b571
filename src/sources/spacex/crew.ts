import { array, nullable, object, objectId, oneOf, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { listTableOf, mainTable, notNull, orNull } from '../../core/table.ts';
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

const listTable = listTableOf('crew_id', 'crew member');

export default defineResource({
  name: 'crew',
  description: 'Crew members: agency, status and flights.',
  path: '/v4/crew',
  shape: 'array',
  pull: 'snapshot',
  contract,
  tables: [
    mainTable('crew', 'Crew members.', {
      id: notNull.id('Id of the crew member in the API.'),
      name: orNull.text('Name.'),
      status: notNull.text('One of active, inactive, retired or unknown.'),
      agency: orNull.text('Agency.'),
      image_url: orNull.text('Photograph.'),
      wikipedia_url: orNull.text('Wikipedia article.'),
    }),
    listTable('crew_launches', "Launches listed in a crew member's record.", {
      launch_id: notNull.id('Launch.', { references: 'launches' }),
    }),
  ],
  transform(member) {
    const crew_id = member.id;
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
      crew_launches: member.launches.map((launch_id, position) => ({ crew_id, position, launch_id })),
    };
  },
  checks: [
    ...backReferences({
      one: 'crew',
      noun: 'crew member',
      table: 'crew',
      label: 'name',
      listed: 'launch_crew',
    }),
  ],
  exampleQuery: 'SELECT agency, count(*) AS members FROM crew GROUP BY 1 ORDER BY 2 DESC',
});
