import { writeFile } from 'node:fs/promises';

import { dataDictionary, readCatalog } from './data-dictionary.ts';

const text = dataDictionary(await readCatalog());
await writeFile(new URL('../docs/data-dictionary.md', import.meta.url), text);
