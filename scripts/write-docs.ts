import { writeFile } from 'node:fs/promises';

import { cliReference } from './cli-reference.ts';
import { dbtSources } from './dbt-sources.ts';
import { dataDictionary, readCatalogs } from './data-dictionary.ts';
import { jsonReference } from './json-reference.ts';
import { loggingReference } from './logging-reference.ts';

const catalogs = await readCatalogs();
const docs = {
  'cli.md': await cliReference(),
  'json.md': jsonReference(),
  'logging.md': loggingReference(),
  'data-dictionary.md': dataDictionary(catalogs),
  'dbt-sources.yml': dbtSources(catalogs),
};
for (const [name, text] of Object.entries(docs)) {
  await writeFile(new URL(`../docs/${name}`, import.meta.url), text);
}
