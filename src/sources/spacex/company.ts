import { bigint, integer, nullable, object, objectId, optional, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { trimmed } from '../../core/text.ts';

/** GET /v4/company: one object. Fields without a default in the API's model may be missing. */
const contract = object({
  id: objectId(),
  name: optional(nullable(text())),
  founder: optional(nullable(text())),
  founded: optional(nullable(integer())),
  employees: optional(nullable(integer())),
  vehicles: optional(nullable(integer())),
  launch_sites: optional(nullable(integer())),
  test_sites: optional(nullable(integer())),
  ceo: optional(nullable(text())),
  cto: optional(nullable(text())),
  coo: optional(nullable(text())),
  cto_propulsion: optional(nullable(text())),
  valuation: optional(nullable(bigint())),
  headquarters: optional(
    object({
      address: optional(nullable(text())),
      city: optional(nullable(text())),
      state: optional(nullable(text())),
    }),
  ),
  links: optional(
    object({
      website: optional(nullable(text())),
      flickr: optional(nullable(text())),
      twitter: optional(nullable(text())),
      elon_twitter: optional(nullable(text())),
    }),
  ),
  summary: optional(nullable(text())),
});

export default defineResource({
  name: 'company',
  description: 'The company: people, places, value.',
  path: '/v4/company',
  shape: 'object',
  pull: 'snapshot',
  needs: {},
  contract,
  tables: [
    {
      name: 'company',
      doc: 'The company: one row.',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'id', nullable: false, doc: 'Id of the company in the API.' },
        name: { type: 'text', doc: 'Name.' },
        founder: { type: 'text', doc: 'Founder.' },
        founded_year: { type: 'integer', doc: 'Year in which it was founded.' },
        employees: { type: 'integer', doc: 'Number of employees.' },
        vehicles: { type: 'integer', doc: 'Number of vehicles.' },
        launch_sites: { type: 'integer', doc: 'Number of launch sites.' },
        test_sites: { type: 'integer', doc: 'Number of test sites.' },
        ceo: { type: 'text', doc: 'Chief executive officer.' },
        cto: { type: 'text', doc: 'Chief technology officer.' },
        coo: { type: 'text', doc: 'Chief operating officer.' },
        cto_propulsion: { type: 'text', doc: 'Chief technology officer of propulsion.' },
        valuation_usd: { type: 'bigint', doc: 'Value of the company, in US dollars.' },
        headquarters_address: { type: 'text', doc: 'Street of the headquarters.' },
        headquarters_city: { type: 'text', doc: 'City of the headquarters.' },
        headquarters_state: { type: 'text', doc: 'State of the headquarters.' },
        website_url: { type: 'text', doc: 'Website.' },
        flickr_url: { type: 'text', doc: 'Photographs.' },
        twitter_url: { type: 'text', doc: 'Twitter account of the company.' },
        elon_twitter_url: { type: 'text', doc: 'Twitter account of its founder.' },
        summary: { type: 'text', doc: 'Description in prose.' },
      },
    },
  ],
  transform(company) {
    return {
      company: [
        {
          id: company.id,
          name: trimmed(company.name),
          founder: trimmed(company.founder),
          founded_year: company.founded ?? null,
          employees: company.employees ?? null,
          vehicles: company.vehicles ?? null,
          launch_sites: company.launch_sites ?? null,
          test_sites: company.test_sites ?? null,
          ceo: trimmed(company.ceo),
          cto: trimmed(company.cto),
          coo: trimmed(company.coo),
          cto_propulsion: trimmed(company.cto_propulsion),
          valuation_usd: company.valuation ?? null,
          headquarters_address: trimmed(company.headquarters?.address),
          headquarters_city: trimmed(company.headquarters?.city),
          headquarters_state: trimmed(company.headquarters?.state),
          website_url: trimmed(company.links?.website),
          flickr_url: trimmed(company.links?.flickr),
          twitter_url: trimmed(company.links?.twitter),
          elon_twitter_url: trimmed(company.links?.elon_twitter),
          summary: trimmed(company.summary),
        },
      ],
    };
  },
  omitted: {},
  checks: [],
  exampleQuery: 'SELECT name, founded_year, employees, valuation_usd FROM company',
});
