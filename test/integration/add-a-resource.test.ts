import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, it } from 'node:test';

import * as contract from '../../src/core/contract.ts';
import { startApi } from '../support/api.ts';
import { copyProgram } from '../support/copied-program.ts';
import { blocksIn, readPage } from '../support/markdown.ts';

const PAGE = readPage('docs', 'add-a-resource.md');
const SPACEX = join('src', 'sources', 'spacex');
const MIGRATIONS = join('migrations', 'spacex');

it('the steps in docs/add-a-resource.md work as written', async () => {
  const [code = '', line = ''] = blocksIn(PAGE, 'ts');
  const [write = '', run = ''] = blocksIn(PAGE, 'sh');
  const { folder: copy, remove, type } = await copyProgram();
  after(remove);

  await writeFile(join(copy, SPACEX, 'suppliers.ts'), code);
  const list = join(copy, SPACEX, 'source.ts');
  const text = await readFile(list, 'utf8');
  await writeFile(list, `${line}${text.replace('resources: [', 'resources: [\n    suppliers,')}`);
  await type('tsc --project .');

  const before = await readdir(join(copy, MIGRATIONS));
  await type(write);
  const [made = '', ...more] = (await readdir(join(copy, MIGRATIONS))).filter(
    (name) => !before.includes(name),
  );
  assert.match(made, /^\d{4}_suppliers\.sql$/);
  assert.deepEqual(more, []);
  assert.equal(await readFile(join(copy, MIGRATIONS, made), 'utf8'), blocksIn(PAGE, 'sql')[0]);

  const api = await startApi({ '/v4/suppliers': { body: blocksIn(PAGE, 'json')[0] ?? '' } });
  after(api.close);
  const { stdout } = await type(run.replace('http://127.0.0.1:8080', api.url));
  assert.match(stdout, /Acme Forge +Grid fin +45\.5/);
});

it('docs/add-a-resource.md mentions every contract building block', () => {
  const missing = Object.keys(contract).filter((name) => !PAGE.includes(`\`${name}\``));
  assert.deepEqual(missing, []);
});
