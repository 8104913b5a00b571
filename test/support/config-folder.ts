import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import type { Environment } from '../../src/config/environment.ts';
import { loadConfig, type ConfigFlags, type LoadedConfig } from '../../src/config/load.ts';
import { PipelineError } from '../../src/core/errors.ts';

const root = await mkdtemp(join(tmpdir(), 'config-test-'));
after(() => rm(root, { recursive: true }));

export const FILE = 'spacex-pipeline.config.json';
let folders = 0;

/** Creates a folder with these files. A value that is neither text nor bytes is written as JSON. */
export async function folderWith(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = join(root, String((folders += 1)));
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(
      path,
      typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
    );
  }
  return folder;
}

export type Setup = {
  readonly file?: unknown;
  readonly dotEnv?: string;
  readonly env?: Environment;
  readonly flags?: ConfigFlags;
};

export async function load({
  file,
  dotEnv,
  env = {},
  flags = {},
}: Setup): Promise<LoadedConfig & { cwd: string }> {
  const cwd = await folderWith({
    ...(file === undefined ? {} : { [FILE]: file }),
    ...(dotEnv === undefined ? {} : { '.env': dotEnv }),
  });
  return { ...(await loadConfig({ flags, env, cwd })), cwd };
}

export async function failure(loading: Promise<unknown>): Promise<PipelineError> {
  const error: unknown = await loading.then(
    () => assert.fail('it was accepted'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PipelineError, String(error));
  assert.equal(error.code, 'usage');
  assert.ok(error.hint);
  assert.doesNotMatch(error.message, /\n/);
  return error;
}

export const messageOf = async (setup: Setup): Promise<string> => (await failure(load(setup))).message;
