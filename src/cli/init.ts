import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Command } from 'commander';

import { testDatabase } from '../app/test-database.ts';
import { compileConfigCheck, refuse } from '../config/check.ts';
import { DEFAULT_NAME } from '../config/file.ts';
import { readJobs } from '../config/jobs.ts';
import { configTemplate } from '../config/template.ts';
import { PipelineError } from '../core/errors.ts';
import { counted } from '../core/text.ts';
import { errorCode } from '../lib/error-code.ts';
import { fileFailure } from '../lib/file-failure.ts';
import { withoutPassword } from '../lib/mask-url.ts';
import type { InitDocument } from '../output/documents.ts';
import { example, type Register } from './command.ts';
import { configsOf, openContext, type CommandContext, type GlobalOptions } from './context.ts';
import { printLine, printResult } from './print.ts';
import { runnable } from './self.ts';

export const register: Register = (program, streams) => {
  program
    .command('init')
    .description('write a commented configuration file and test the connection to its database')
    .option('--force', 'replace an existing file')
    .addHelpText('after', example('init', 'init --database-url postgresql://me@localhost/mydb'))
    .action(async ({ force = false }: { readonly force?: boolean }, command: Command) => {
      const given = command.optsWithGlobals<GlobalOptions>();
      const file = await writeTemplate(given, streams.cwd, force);
      const context = await openContext(streams, command, { all: true });
      await readJobs(context.loaded.whole);
      if (!context.json) printLine(context, `Wrote ${file}`);
      const state = await testDatabase(configsOf(context), context);
      const again = { cwd: streams.cwd, given: flagsNow(given) };
      const next = runnable(`spacex-pipeline ${(state.pending ?? 0) > 0 ? 'migrate up' : 'run'}`, again);
      printResult(context, { file, ...state, next }, printState);
    });
};

/** Throws `usage` if the file exists, or if the URL contains a secret that must not be written to a file. */
async function writeTemplate(
  { config = DEFAULT_NAME, dataDir, databaseUrl }: GlobalOptions,
  cwd: string,
  force: boolean,
): Promise<string> {
  const file = resolve(cwd, config);
  const folder = dirname(file);
  const url = databaseUrl === undefined ? null : writableUrl(databaseUrl);
  const text = configTemplate({
    schema: schemaFrom(folder),
    dataDir: dataDir === undefined ? null : relative(folder, resolve(cwd, dataDir)) || '.',
    databaseUrl: url,
  });
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (errorCode(error) === 'EEXIST')
      throw new PipelineError(`Cannot write ${config}: it already exists`, {
        code: 'usage',
        cause: error,
        hint: 'Use --force to replace it, or print its settings: spacex-pipeline config',
      });
    throw new PipelineError(`Cannot write ${config}: ${fileFailure(error).text}`, {
      code: 'usage',
      cause: error,
      hint: 'Set --config to a file in an existing, writable folder.',
    });
  }
  return file;
}

function writableUrl(given: string): string {
  const problems = compileConfigCheck()({ database: { url: given } });
  refuse(
    problems.map(({ message }) => ({ source: '--database-url', message })),
    'Correct the URL, or omit it to use the embedded database.',
  );
  const url = withoutPassword(given);
  if (url !== null) return url;
  throw new PipelineError(
    'Cannot write the database URL to a file: it contains a secret that does not come from an environment variable',
    {
      code: 'usage',
      hint: 'Set SPACEX_PIPELINE_DATABASE_URL to the URL, and omit --database-url.',
    },
  );
}

/** Prefers a package that is installed in the file's folder, because that path does not change. */
function schemaFrom(folder: string): string {
  const name = 'spacex-pipeline.config.schema.json';
  const installed = ['node_modules', 'spacex-pipeline', name];
  if (existsSync(join(folder, ...installed))) return `./${installed.join('/')}`;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const path = relative(folder, join(root, name)).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** The flags that the next command still needs. The file now contains the other settings, but never a password. */
function flagsNow(given: GlobalOptions): GlobalOptions {
  const { config, databaseUrl, schema, allowNetworkFolder } = given;
  const hasPassword = databaseUrl !== undefined && withoutPassword(databaseUrl) !== databaseUrl;
  const flags = { config, schema, allowNetworkFolder, databaseUrl: hasPassword ? databaseUrl : undefined };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function printState(context: CommandContext, { database, next, pending, version }: InitDocument): void {
  const migrations = pending === 0 ? 'no pending migrations' : counted(pending ?? 0, 'pending migration');
  printLine(
    context,
    version === null
      ? `The embedded database will be in ${database}, which is writable`
      : `Connected to ${database}: PostgreSQL ${version}, ${migrations}`,
  );
  printLine(context, `Next: ${next}`);
}
