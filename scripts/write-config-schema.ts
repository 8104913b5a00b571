import { writeFile } from 'node:fs/promises';

import { editorSchema } from '../src/config/schema.ts';

await writeFile(new URL('../spacex-pipeline.config.schema.json', import.meta.url), editorSchema());
