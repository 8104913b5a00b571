import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

import { resources, sources } from '../src/sources/index.ts';

const SRC = resolve(import.meta.dirname, '../src');

/** The parts that each part is allowed to import. A file directly in src/ counts as a separate part. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  lib: ['lib'],
  sources: ['core', 'sources'],
  steps: ['steps', 'core', 'lib'],
  engine: ['engine', 'core', 'steps', 'lib'],
  adapters: ['adapters', 'core', 'lib'],
  sandbox: ['sandbox', 'core', 'lib'],
  metrics: ['metrics', 'core', 'lib'],
  config: ['config', 'core', 'lib', 'sources'],
  output: ['output', 'core'],
  app: [
    'app',
    'adapters',
    'config',
    'core',
    'engine',
    'lib',
    'metrics',
    'output',
    'sandbox',
    'sources',
    'steps',
  ],
  serve: ['serve', 'app', 'config', 'core', 'lib', 'metrics'],
  cli: ['cli', 'app', 'config', 'core', 'engine', 'lib', 'metrics', 'output', 'sandbox', 'serve', 'sources'],
  main: ['cli', 'config', 'core', 'lib', 'output'],
};

type SourceFile = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

const files = await readSources();

test('every import follows the arrows in ARCHITECTURE.md', () => {
  const broken = files.flatMap((file) =>
    file.imports
      .filter((target) => !(ARROWS[partOf(file.path)] ?? []).includes(partOf(target)))
      .map((target) => `${file.path} → ${target}`),
  );
  assert.deepEqual(broken, []);
});

test('no adapter imports another adapter', () => {
  const broken = files
    .filter(({ path }) => partOf(path) === 'adapters')
    .flatMap((file) =>
      file.imports
        .filter((target) => partOf(target) === 'adapters' && adapterOf(target) !== adapterOf(file.path))
        .map((target) => `${file.path} → ${target}`),
    );
  assert.deepEqual(broken, []);
});

test('no string literal outside sources/ and sandbox/ names a source or a resource', () => {
  const names = [...sources, ...resources].map(({ name }) => name).join('|');
  const literal = new RegExp(`(['"\`])(?:${names})\\1`);
  const broken = files
    .filter(({ path }) => !['sources', 'sandbox'].includes(partOf(path)))
    .filter(({ text }) => literal.test(withoutImports(text)))
    .map(({ path }) => path);
  assert.deepEqual(broken, []);
});

test('only config reads the environment, and only main exits the process', () => {
  const offenders = (pattern: RegExp, allowed: string): string[] =>
    files.filter(({ path, text }) => pattern.test(text) && partOf(path) !== allowed).map(({ path }) => path);
  assert.deepEqual(offenders(/\bprocess\.env\b/, 'config'), []);
  assert.deepEqual(offenders(/\bprocess\.exit\b/, 'main'), []);
});

test('core and steps never read the clock', () => {
  const clock = /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bsetTimeout\b|\bhrtime\b/;
  const broken = files
    .filter(({ path, text }) => ['core', 'steps'].includes(partOf(path)) && clock.test(text))
    .map(({ path }) => path);
  assert.deepEqual(broken, []);
});

test('no file has more than 300 lines (400 in sources/), and the median is at most 120', () => {
  const sizes = files.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
  assert.deepEqual(
    sizes.filter(({ path, lines }) => lines > (partOf(path) === 'sources' ? 400 : 300)),
    [],
  );
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
  assert.ok((sorted[Math.floor(sorted.length / 2)] ?? 0) <= 120);
});

test('every module can be imported on its own', async () => {
  // The program and the embedded database's thread start running as soon as they are imported.
  const running = ['main.ts', 'adapters/postgres/engine-thread.ts'];
  for (const { path } of files) if (!running.includes(path)) await import(join(SRC, path));
});

async function readSources(): Promise<SourceFile[]> {
  const names = await readdir(SRC, { recursive: true });
  const modules = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return Promise.all(
    modules.map(async (path) => {
      const text = await readFile(join(SRC, path), 'utf8');
      const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target]) =>
        relative(SRC, resolve(SRC, dirname(path), target ?? '')),
      );
      return { path, text, imports: targets.filter((target) => target.endsWith('.ts')) };
    }),
  );
}

/** `adapters/http/source.ts` → `adapters`; `config-schema.ts` → `config`. */
function partOf(path: string): string {
  return path.split('/')[0]?.replace(/(-[\w-]+)?\.ts$/, '') ?? '';
}

function adapterOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

function withoutImports(text: string): string {
  return text.replaceAll(/^(?:import|export)\b[^;]*\bfrom\b[^;]*;$/gm, '');
}
