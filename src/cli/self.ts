import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { maskUrl } from '../lib/mask-url.ts';
import type { RunReport } from '../core/run.ts';
import type { CommandContext } from './context.ts';

/** A query command that works as it stands from the current folder. */
export function exampleCommand({ loaded, cwd }: CommandContext, report: RunReport, sql: string): string {
  const { config, file, origins } = loaded;
  const flags: string[] = [];
  const isFlag = (key: keyof typeof origins): boolean => origins[key].startsWith('flag');
  if (file !== null && dirname(file) !== cwd) flags.push('--config', file);
  // <data-dir>/runs/<run-id>
  const dataDir = dirname(dirname(report.run_dir ?? ''));
  if (config.database.url === null && (dataDir !== config.dataDir || isFlag('dataDir'))) {
    flags.push('--data-dir', relative(cwd, dataDir) || '.');
  }
  if (isFlag('database.url') && config.database.url !== null)
    flags.push('--database-url', maskUrl(config.database.url));
  if (isFlag('database.schema')) flags.push('--schema', config.database.schema);
  return [selfCommand(cwd), ...flags, 'query', sql].map(shellQuote).join(' ');
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
