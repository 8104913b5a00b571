import {
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';

import { openEmbedded } from '../../src/adapters/postgres/embedded.ts';
import { REPOSITORY } from './cli.ts';

const MODULES = path.join(REPOSITORY, 'node_modules');

/**
 * Copies an embedded database into a folder, in the state in which a first run creates it, before the migrations.
 * Copying a database takes a tenth as long as creating one. Do not use this to test the first start itself.
 */
export async function copyEmbedded(dir: string): Promise<void> {
  const manifest = path.join(MODULES, '@electric-sql/pglite/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  const template = path.join(MODULES, '.cache', 'test-embedded', version);
  if (!existsSync(template)) await make(template);
  cpSync(template, dir, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

/** Copies an embedded database into a workspace's data folder, and returns the workspace. */
export async function withEmbedded<W extends { readonly folder: string }>(
  workspace: W,
  dataDir = 'data',
): Promise<W> {
  await copyEmbedded(path.join(workspace.folder, dataDir, 'database'));
  return workspace;
}

/** Creates the template. If several test files do this at the same time, the first one to finish wins. */
async function make(template: string): Promise<void> {
  mkdirSync(path.dirname(template), { recursive: true });
  const folder = mkdtempSync(`${template}-`);
  const dir = path.join(folder, 'database');
  try {
    await (await openEmbedded({ dir, schema: 'public' })).close();
    renameSync(dir, template);
  } catch (error) {
    if (!existsSync(template)) throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
