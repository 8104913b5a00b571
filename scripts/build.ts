import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { build, type Plugin } from 'esbuild';

import { codeDigest } from '../src/app/code-digest.ts';
import { precompiledChecks } from './precompile.ts';

/**
 * dist/: the program as plain JavaScript, contracts compiled, for the published package. Dependencies stay packages of
 * their own.
 */
const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist');

/** The sources that src/app/code-digest.ts reads are not in the package. */
const toldCodeDigest: Plugin = {
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
  // The thread of the embedded database is loaded by its address, from a chunk beside it.
  entryPoints: { main: 'src/main.ts', 'chunks/engine-thread': 'src/adapters/postgres/engine-thread.ts' },
  outdir,
  bundle: true,
  splitting: true,
  packages: 'external',
  plugins: [precompiledChecks(root), toldCodeDigest],
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // As deep as the modules of src/, which find migrations/ and bin/ by `../..`.
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
});
