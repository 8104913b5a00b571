import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

import { cliReference } from '../../scripts/cli-reference.ts';
import { jsonReference } from '../../scripts/json-reference.ts';
import { loggingReference } from '../../scripts/logging-reference.ts';
import { dbtSources } from '../../scripts/dbt-sources.ts';
import { dataDictionary, readCatalogs } from '../../scripts/data-dictionary.ts';

import { REPOSITORY } from '../support/cli.ts';
import { readPage } from '../support/markdown.ts';

const PAGES = [
  ...readdirSync(REPOSITORY),
  ...['docs', 'decisions', 'ops'].flatMap((folder) =>
    readdirSync(path.join(REPOSITORY, folder)).map((name) => path.join(folder, name)),
  ),
].filter((name) => name.endsWith('.md'));

const catalogs = await readCatalogs();

function written(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

void describe('docs/ contains the output of npm run docs', () => {
  void it('cli.md', async () => assert.equal(written('cli.md'), await cliReference()));
  void it('json.md', () => assert.equal(written('json.md'), jsonReference()));
  void it('logging.md', () => assert.equal(written('logging.md'), loggingReference()));
  void it('data-dictionary.md', () => assert.equal(written('data-dictionary.md'), dataDictionary(catalogs)));
  void it('dbt-sources.yml', () => assert.equal(written('dbt-sources.yml'), dbtSources(catalogs)));
});

void describe('the data dictionary', () => {
  void it('has a comment for every table, view and column', () => {
    const silent = catalogs
      .flatMap(({ relations }) => relations)
      .flatMap(({ name, comment, columns }) => [
        ...(comment === null ? [name] : []),
        ...columns.filter((column) => column.comment === null).map((column) => `${name}.${column.name}`),
      ]);
    assert.deepEqual(silent, []);
  });
});

void describe('the documentation pages', () => {
  void it('link only to existing files, headings and anchors', () => {
    const links = PAGES.flatMap((page) => linksOf(page).map((link) => ({ page, ...link })));
    assert.ok(links.length > 100);
    const broken = links.filter(({ file, anchor }) => {
      if (!existsSync(path.join(REPOSITORY, file))) return true;
      return anchor !== '' && file.endsWith('.md') && !anchorsOf(file).includes(anchor);
    });
    assert.deepEqual(broken, []);
  });

  void it('are all reachable from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached)
      for (const { file } of linksOf(page)) if (PAGES.includes(file)) reached.add(file);
    const apart = PAGES.filter((page) => !reached.has(page) && !page.startsWith('decisions'));
    assert.deepEqual(apart, []);
  });

  void it('name every command: top-level commands in README.md, all commands in docs/cli.md', () => {
    const [short, full] = [readPage('README.md'), readPage('docs/cli.md')];
    const commands = [...full.matchAll(/^## (?!Flags|Exit)(.+)$/gm)].map(([, name = '']) => name);
    assert.ok(commands.length > 30);
    const [, table = ''] = /^\| to +\| commands(.*?)\n\n/ms.exec(short) ?? [];
    const tops = new Set(commands.map((name) => name.split(' ')[0] ?? ''));
    assert.deepEqual(
      [...tops].filter((name) => name !== 'help' && !table.includes(`\`${name}`)),
      [],
    );
  });
});

type Link = { readonly file: string; readonly anchor: string };

function linksOf(page: string): Link[] {
  const text = readPage(page)
    .replaceAll(/^```.*?^```/gms, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/g)].map(([, file = '', anchor = '']) => ({
    file: file === '' ? page : path.join(path.dirname(page), file),
    anchor,
  }));
}

/** The anchors that GitHub creates from headings, and the anchors that a page sets itself. */
function anchorsOf(page: string): string[] {
  const text = readPage(page).replaceAll(/^```.*?^```/gms, '');
  const slugs = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/<[^>]*>|[^\p{L}\p{N}\-_ ]/gu, '')
      .trimEnd()
      .replaceAll(' ', '-'),
  );
  return [...slugs, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)];
}
