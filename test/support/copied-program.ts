import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import packageJson from '../../package.json' with { type: 'json' };
import { cliEnvironment, REPOSITORY } from './cli.ts';

export type CopiedProgram = {
  readonly folder: string;
  readonly launcher: string;
  /** Runs a command from a page in the folder. Runs npm scripts without npm. */
  readonly type: (command: string) => Promise<{ readonly stdout: string }>;
  readonly remove: () => Promise<void>;
};

const RESOURCE_TESTS = join('src', 'sources', 'resources.test.ts');
const COPIED = [
  '.oxfmtrc.json',
  '.oxlintrc.json',
  'bin',
  'docs',
  'migrations',
  'package.json',
  'scripts',
  'src',
  'test/suites/coverage-suite.ts',
  'test/suites/resource-suite.ts',
];
const SCRIPTS: Readonly<Record<string, string>> = packageJson.scripts;

/** Copies the program as in a clone that a test can change. The libraries and tools are linked. */
export async function copyProgram(): Promise<CopiedProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'clone-'));
  for (const name of COPIED)
    await cp(join(REPOSITORY, name), join(folder, name), {
      recursive: true,
      filter: (from) => !from.endsWith('.test.ts') || from.endsWith(RESOURCE_TESTS),
    });
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  const { compilerOptions } = JSON.parse(await readFile(join(REPOSITORY, 'tsconfig.json'), 'utf8')) as {
    readonly compilerOptions: unknown;
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  return {
    folder,
    launcher: join(folder, 'bin', 'spacex-pipeline'),
    type(command) {
      const line = command.replaceAll(/npm run ([\w:]+)/g, (_, name: string) => SCRIPTS[name] ?? name);
      const tools = [join(process.execPath, '..'), join(folder, 'node_modules', '.bin'), process.env['PATH']];
      const env = { ...cliEnvironment(), PATH: tools.join(':') };
      return promisify(execFile)('sh', ['-ec', line], { cwd: folder, env });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
