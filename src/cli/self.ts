import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { maskUrl } from '../lib/mask-url.ts';
import type { RunReport } from '../core/run.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import type { CommandContext, GlobalOptions } from './context.ts';

/** A query command that works as it stands from the current folder. */
export function exampleCommand(context: CommandContext, report: RunReport, sql: string): string {
  const { config, origins } = context.loaded;
  const flags: string[] = [];
  const isFlag = (key: keyof typeof origins): boolean => origins[key].startsWith('flag');
  if (config.database.url === null) flags.push(...dataDirFlags(context, report));
  if (isFlag('database.url') && config.database.url !== null)
    flags.push('--database-url', maskUrl(config.database.url));
  if (isFlag('database.schema')) flags.push('--schema', config.database.schema);
  return ownCommand(context, [...flags, 'query', sql]);
}

/** A drift command that works as it stands from the current folder. It reads the run's folder alone. */
export function driftCommand(context: CommandContext, report: RunReport): string {
  return ownCommand(context, [...dataDirFlags(context, report), 'drift', report.run_id ?? '']);
}

function ownCommand({ loaded: { file }, cwd }: CommandContext, words: readonly string[]): string {
  const config = file !== null && dirname(file) !== cwd ? ['--config', file] : [];
  return shellLine([...selfCommand(cwd), ...config, ...words]);
}

function dataDirFlags({ loaded: { config, origins }, cwd }: CommandContext, report: RunReport): string[] {
  const dataDir = dataDirOf(report);
  if (dataDir === config.dataDir && !origins['dataDir'].startsWith('flag')) return [];
  return ['--data-dir', relative(cwd, dataDir) || '.'];
}

/** Its folder is `<data-dir>/runs/<run-id>`. */
export function dataDirOf({ run_dir }: RunReport): string {
  return dirname(dirname(run_dir ?? ''));
}

/** How this program is started from a folder: its own launcher in a clone, npx where it is installed. */
function selfCommand(cwd: string): string[] {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (root.includes(`${sep}node_modules${sep}`)) return ['npx', 'spacex-pipeline'];
  const path = relative(cwd, join(root, 'bin', 'spacex-pipeline'));
  return [path.includes(sep) ? path : `.${sep}${path}`];
}

function shellLine(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}

/** A hint or another text that ends with a command of this program: it works as it stands, with the same flags. */
export function typeable(text: string, cwd: string, given: GlobalOptions): string {
  const flags = Object.entries({
    '--config': given.config,
    '--data-dir': given.dataDir,
    '--database-url': given.databaseUrl === undefined ? undefined : maskUrl(given.databaseUrl),
    '--schema': given.schema,
  }).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  const self = shellLine([...selfCommand(cwd), ...flags]);
  return text.replace(/(^|: )spacex-pipeline (?=[-a-z])/, (_, before: string) => `${before}${self} `);
}

/** The flags for a command about this run: it may have kept its data elsewhere than the configuration says. */
export function flagsAbout({ loaded, cwd, given }: CommandContext, report: RunReport): GlobalOptions {
  if (report.run_dir === null || dataDirOf(report) === loaded.config.dataDir) return given;
  return { ...given, dataDir: relative(cwd, dataDirOf(report)) };
}
