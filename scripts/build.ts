import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { build, type Plugin } from 'esbuild';

import { codeDigest } from '../src/app/code-digest.ts';
import { precompiledChecks } from './precompile.ts';

/**
 * dist/: the program as plain JavaScript, contracts compiled, for the published package. Dependencies remain separate
 * packages.
 */
const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist');

/** The package lacks the source files that src/app/code-digest.ts reads. */
const bakedCodeDigest: Plugin = {
  name: 'told code digest',
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
  // The thread of the embedded database is loaded by URL, from a neighbouring chunk.
  entryPoints: { main: 'src/main.ts', 'chunks/engine-thread': 'src/adapters/postgres/engine-thread.ts' },
  outdir,
  bundle: true,
  splitting: true,
  packages: 'external',
  plugins: [precompiledChecks(root), bakedCodeDigest],
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // At the same depth as the modules of src/, which find migrations/ and bin/ through `../..`.
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
});
