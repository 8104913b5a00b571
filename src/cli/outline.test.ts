import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';

import { cliReference } from '../../scripts/cli-reference.ts';
import { jsonReference } from '../../scripts/json-reference.ts';
import { outline } from './outline.ts';
import { DOCUMENTS } from '../output/documents.ts';
import { buildProgram } from './program.ts';

function written(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

void it('docs/cli.md and docs/json.md are up to date (if not, run npm run docs)', async () => {
  assert.equal(written('cli.md'), await cliReference());
  assert.equal(written('json.md'), jsonReference());
});

void it('the JSON document of every command has a schema', async () => {
  const nowhere = { write: () => undefined };
  const streams = { stdout: nowhere, stderr: nowhere, cwd: '/', signal: new AbortController().signal };
  const commands = outline(await buildProgram(streams)).map(({ path }) => path);
  const known = DOCUMENTS.flatMap((document) => document.commands);
  const above = commands.filter((path) => commands.some((one) => one.startsWith(`${path} `)));
  const silent = ['', 'completion', ...above];
  assert.deepEqual(
    commands.filter((path) => !known.includes(path) && !silent.includes(path)),
    [],
  );
});
