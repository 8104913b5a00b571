import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { maskUrl } from '../lib/mask-url.ts';
import type { RunReport } from '../core/run.ts';
import type { CommandContext } from './context.ts';

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
  return [selfCommand(cwd), ...config, ...words].map(shellQuote).join(' ');
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
function selfCommand(cwd: string): string {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (root.includes(`${sep}node_modules${sep}`)) return 'npx spacex-pipeline';
  return relative(cwd, join(root, 'bin', 'spacex-pipeline'));
}

function shellQuote(word: string): string {
  if (/^[\w@%+=:,./ -]+$/.test(word) && (!word.includes(' ') || word.startsWith('npx '))) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
