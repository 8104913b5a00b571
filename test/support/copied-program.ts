import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { REPOSITORY } from './cli.ts';

export type CopiedProgram = {
  readonly folder: string;
  readonly launcher: string;
  readonly remove: () => Promise<void>;
};

/** The program as in a clone, ready to be changed; its libraries and tools are linked. */
export async function copyProgram(): Promise<CopiedProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'clone-'));
  for (const name of ['bin', 'migrations', 'package.json', 'scripts', 'src'])
    await cp(join(REPOSITORY, name), join(folder, name), {
      recursive: true,
      filter: (from) => !from.endsWith('.test.ts'),
    });
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  const { compilerOptions } = JSON.parse(await readFile(join(REPOSITORY, 'tsconfig.json'), 'utf8')) as {
    readonly compilerOptions: unknown;
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  return {
    folder,
    launcher: join(folder, 'bin', 'spacex-pipeline'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
