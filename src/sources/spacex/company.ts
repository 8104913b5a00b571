import { bigint, integer, nullish, object, objectId, optional, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { mainTable, notNull, orNull } from '../../core/table.ts';
import { trimmed } from '../../core/text.ts';

/** GET /v4/company returns one object. Fields without a default in the API's model may be missing. */
const contract = object({
  id: objectId(),
  name: nullish(text()),
  founder: nullish(text()),
  founded: nullish(integer()),
  employees: nullish(integer()),
  vehicles: nullish(integer()),
  launch_sites: nullish(integer()),
  test_sites: nullish(integer()),
  ceo: nullish(text()),
  cto: nullish(text()),
  coo: nullish(text()),
  cto_propulsion: nullish(text()),
  valuation: nullish(bigint()),
  headquarters: optional(object({ address: nullish(text()), city: nullish(text()), state: nullish(text()) })),
  links: optional(
    object({
      website: nullish(text()),
      flickr: nullish(text()),
      twitter: nullish(text()),
      elon_twitter: nullish(text()),
    }),
  ),
  summary: nullish(text()),
});

export default defineResource({
  name: 'company',
  description: 'The company: people, places and value.',
  path: '/v4/company',
  shape: 'object',
  pull: 'snapshot',
  contract,
  tables: [
    mainTable('company', 'The company: one row.', {
      id: notNull.id('Id of the company in the API.'),
      name: orNull.text('Name.'),
      founder: orNull.text('Founder.'),
      founded_year: orNull.integer('Year it was founded.'),
      employees: orNull.integer('Number of employees.'),
      vehicles: orNull.integer('Number of vehicles.'),
      launch_sites: orNull.integer('Number of launch sites.'),
      test_sites: orNull.integer('Number of test sites.'),
      ceo: orNull.text('Chief executive officer.'),
      cto: orNull.text('Chief technology officer.'),
      coo: orNull.text('Chief operating officer.'),
      cto_propulsion: orNull.text('Chief technology officer of propulsion.'),
      valuation_usd: orNull.bigint('Value of the company, in US dollars.'),
      headquarters_address: orNull.text('Street address of the headquarters.'),
      headquarters_city: orNull.text('City of the headquarters.'),
      headquarters_state: orNull.text('State of the headquarters.'),
      website_url: orNull.text('Website.'),
      flickr_url: orNull.text('Photographs.'),
      twitter_url: orNull.text('Twitter account of the company.'),
      elon_twitter_url: orNull.text('Twitter account of its founder.'),
      summary: orNull.text('Description.'),
    }),
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
  exampleQuery: 'SELECT name, founded_year, employees, valuation_usd FROM company',
});
