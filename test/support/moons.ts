import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startApi } from './api.ts';
import { copyProgram, type CopiedProgram } from './copied-program.ts';
import { blocksBelow, readPage } from './markdown.ts';

export const PAGE = readPage('docs', 'add-a-source.md');
/** The response for /moons on the page. */
export const [MOONS] = blocksBelow(PAGE, 'json', '3.');
/** The address of the page's API. */
export const ADDRESS = 'http://127.0.0.1:8080';

const FOLDER = join('src', 'sources', 'moon-watch');

/** Copies the program, and adds the page's source by following the page's steps up to the migration. */
export async function addMoonWatch(): Promise<CopiedProgram> {
  const copy = await copyProgram();
  const [source] = blocksBelow(PAGE, 'ts', '1.');
  const [entry] = blocksBelow(PAGE, 'ts', '2.');
  const [draft] = blocksBelow(PAGE, 'sh', '3.');
  await mkdir(join(copy.folder, FOLDER));
  await writeFile(join(copy.folder, FOLDER, 'source.ts'), source);
  await edit(join(copy.folder, 'src', 'sources', 'index.ts'), (text) =>
    text.replace(/^/, entry).replace(/(?<= = \[\w.*)(?=\];)/, ', moonWatch'),
  );
  const api = await startApi({ '/moons': { body: MOONS } });
  await copy.type(draft.replace(ADDRESS, api.url));
  await api.close();
  return copy;
}

/** A resource and a table with the same names as a resource and a table in a different source. */
const LAUNCHES = `
import { object, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { mainTable, notNull, orNull } from '../../core/table.ts';

export default defineResource({
  name: 'launches',
  description: 'Launches to moons.',
  path: '/launches',
  shape: 'array',
  pull: 'snapshot',
  contract: object({ id: text(), moon: text() }),
  tables: [
    mainTable('launches', 'Launches to moons.', {
      id: notNull.id('Its id.'),
      moon_id: orNull.id('Where it goes.', { references: 'moons' }),
    }),
  ],
  transform: (record) => ({ launches: [{ id: record.id, moon_id: record.moon }] }),
  exampleQuery: 'SELECT id FROM launches',
});
`;

/** Copies the program, and adds the page's source with a second resource and the migration. */
export async function withMoons(): Promise<CopiedProgram> {
  const copy = await addMoonWatch();
  await writeFile(join(copy.folder, FOLDER, 'launches.ts'), LAUNCHES);
  await edit(join(copy.folder, FOLDER, 'source.ts'), (text) =>
    text
      .replace(/^/, "import launches from './launches.ts';\n")
      .replace('resources: [moons]', 'resources: [moons, launches]'),
  );
  await copy.type(blocksBelow(PAGE, 'sh', '4.')[0]);
  return copy;
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}
