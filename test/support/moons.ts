import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cliEnvironment } from './cli.ts';
import { copyProgram, type CopiedProgram } from './copied-program.ts';

/** An invented source. One resource and one table have the same name as one in the first source. */
const SOURCE = `import type { Source } from '../../core/source.ts';
import launches from './launches.ts';
import moons from './moons.ts';

const source: Source = {
  name: 'moon-watch',
  offers: 'what circles what',
  schema: 'moon_watch',
  baseUrl: 'http://127.0.0.1:9',
  pacing: { requestsPerSecond: 100, burst: 10 },
  headersTimeoutSeconds: 30,
  auth: null,
  quota: null,
  changes: null,
  schedule: '0 5 * * *',
  archive: null,
  defaultAddress: 'live',
  resources: [moons, launches],
};

export default source;
`;

const resource = (name: string, columns: string, contract: string, row: string): string => `
import { integer, nullable, object, text } from '../../core/contract.ts';
import { defineResource } from '../../core/resource.ts';
import { mainTable, notNull, orNull } from '../../core/table.ts';

export default defineResource({
  name: '${name}',
  description: 'What is watched.',
  path: '/${name}',
  shape: 'array',
  pull: 'snapshot',
  contract: object({ id: text(), ${contract} }),
  tables: [mainTable('${name}', 'What is watched.', { id: notNull.id('Its id.'), ${columns} })],
  transform: (record) => ({ ${name}: [{ id: record.id, ${row} }] }),
  exampleQuery: 'SELECT id FROM ${name}',
});

void [integer, nullable];
`;

/** The program with a second source: a folder and one line. Its migration is the one that the command writes. */
export async function withMoons(): Promise<CopiedProgram> {
  const copy = await copyProgram();
  const folder = join(copy.folder, 'src', 'sources', 'moon-watch');
  await mkdir(folder);
  await writeFile(join(folder, 'source.ts'), SOURCE);
  const moons = resource(
    'moons',
    `name: orNull.text('Name.'), radius_km: orNull.integer('Radius.')`,
    'name: text(), radius_km: nullable(integer())',
    'name: record.name, radius_km: record.radius_km',
  );
  await writeFile(join(folder, 'moons.ts'), moons);
  const launches = resource(
    'launches',
    `moon_id: orNull.id('Where it goes.', { references: 'moons' })`,
    'moon: text()',
    'moon_id: record.moon',
  );
  await writeFile(join(folder, 'launches.ts'), launches);
  const list = join(copy.folder, 'src', 'sources', 'index.ts');
  const text = await readFile(list, 'utf8');
  const line = "import moonWatch from './moon-watch/source.ts';\n";
  await writeFile(list, line + text.replace('launchLibrary];', 'launchLibrary, moonWatch];'));
  const script = join(copy.folder, 'scripts', 'migration.ts');
  await promisify(execFile)(process.execPath, [script, 'tables'], {
    cwd: copy.folder,
    env: cliEnvironment(),
  });
  return copy;
}
