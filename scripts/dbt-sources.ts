import { stringify } from 'yaml';

import type { Catalog, Relation } from './data-dictionary.ts';

/**
 * docs/dbt-sources.yml: the tables and views as dbt sources, with their comments. A source is fresh if it was loaded
 * recently, whether or not anything had changed there: the ledger shows it.
 */
export function dbtSources(catalogs: readonly Catalog[]): string {
  const sources = catalogs.map(({ relations, source: { name, schema } }) => ({
    name: schema,
    description: `Loaded by spacex-pipeline from source ${name}.`,
    schema,
    config: {
      loaded_at_query: `SELECT max(finished_at) FROM ${schema}_pipeline.runs WHERE status IN ('succeeded', 'partial')`,
      freshness: { warn_after: { count: 2, period: 'day' }, error_after: { count: 7, period: 'day' } },
    },
    tables: relations.map(tableOf),
  }));
  const comment = 'Made by `npm run docs`. Copy it into the models of a dbt project (dbt 1.10 or newer).';
  return `# ${comment}\n${stringify({ version: 2, sources }, { lineWidth: 0 })}`;
}

function tableOf({ columns, comment, name }: Relation): object {
  const keys = columns.filter(({ in_key }) => in_key);
  return {
    name,
    description: comment,
    columns: columns.map((column) => ({
      name: column.name,
      description: column.comment,
      data_type: column.type,
      ...(keys.length === 1 && column.in_key ? { data_tests: ['unique', 'not_null'] } : {}),
    })),
  };
}
