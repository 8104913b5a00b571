import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { build } from 'esbuild';

import { precompiledChecks } from './precompile.ts';

/**
 * dist/: the program as plain JavaScript, contracts compiled, for the published package. Dependencies stay packages of
 * their own.
 */
const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist');

await rm(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir,
  bundle: true,
  splitting: true,
  packages: 'external',
  plugins: [precompiledChecks(root)],
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // As deep as the modules of src/, which find migrations/ and bin/ by `../..`.
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
});
