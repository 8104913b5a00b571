import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { promisify } from 'node:util';

import { startApi } from '../support/api.ts';
import { cliEnvironment, REPOSITORY } from '../support/cli.ts';
import { copyProgram } from '../support/copied-program.ts';

const PAGE = await readFile(join(REPOSITORY, 'docs', 'add-a-resource.md'), 'utf8');
const SPACEX = join('src', 'sources', 'spacex');
const MIGRATIONS = join('migrations', 'spacex');

/** The blocks of code in a language, in their order. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, of, text]) =>
    of === language && text !== undefined ? [text] : [],
  );
}

it('docs/add-a-resource.md works as it stands', async () => {
  const [code = '', line = ''] = blocks('ts');
  const [write = '', run = ''] = blocks('sh');
  const { folder: copy, remove } = await copyProgram();
  after(remove);
  const sh = promisify(execFile);
  const type = (command: string): Promise<{ stdout: string }> => {
    const env = { ...cliEnvironment(), PATH: `${join(process.execPath, '..')}:${process.env['PATH']}` };
    return sh('sh', ['-ec', command], { cwd: copy, env });
  };

  await writeFile(join(copy, SPACEX, 'suppliers.ts'), code);
  const list = join(copy, SPACEX, 'source.ts');
  const text = await readFile(list, 'utf8');
  await writeFile(list, `${line}${text.replace('resources: [', 'resources: [\n    suppliers,')}`);
  await type('node_modules/.bin/tsc --project .');

  const before = await readdir(join(copy, MIGRATIONS));
  await type(write.replace('npm run migration', 'node scripts/migration.ts'));
  const [made = '', ...more] = (await readdir(join(copy, MIGRATIONS))).filter(
    (name) => !before.includes(name),
  );
  assert.match(made, /^\d{4}_suppliers\.sql$/);
  assert.deepEqual(more, []);
  assert.equal(await readFile(join(copy, MIGRATIONS, made), 'utf8'), blocks('sql')[0]);

  const api = await startApi({ '/v4/suppliers': { body: blocks('json')[0] ?? '' } });
  after(api.close);
  const { stdout } = await type(run.replace('http://127.0.0.1:8080', api.url));
  assert.match(stdout, /Acme Forge +Grid fin +45\.5/);
});
