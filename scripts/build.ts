import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { build, type Plugin } from 'esbuild';

import { codeDigest } from '../src/app/code-digest.ts';
import { precompiledChecks } from './precompile.ts';

/**
 * Builds dist/ for the published package: the program as plain JavaScript, with compiled contracts. Dependencies remain
 * separate packages.
 */
const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist');

/** The published package does not include the source files that src/app/code-digest.ts reads. */
const bakedCodeDigest: Plugin = {
  name: 'fixed code digest',
  setup(building) {
    building.onLoad({ filter: /[\\/]src[\\/]app[\\/]code-digest\.ts$/ }, () => ({
      contents: `export const codeDigest = () => ${JSON.stringify(codeDigest())};`,
      loader: 'js',
    }));
  },
};

await rm(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  // The embedded database loads its worker thread by URL, from a chunk in the same folder.
  entryPoints: { main: 'src/main.ts', 'chunks/engine-thread': 'src/adapters/postgres/engine-thread.ts' },
  outdir,
  bundle: true,
  splitting: true,
  packages: 'external',
  plugins: [precompiledChecks(root), bakedCodeDigest],
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Chunks must be at the same folder depth as the modules in src/, which reach migrations/ and bin/ through `../..`.
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
});
