import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isSimulatedDir } from '../app/data-folders.ts';
import { isOnPath } from '../config/terminal.ts';
import type { RunReport } from '../core/run.ts';
import { maskUrl, withoutPassword } from '../lib/mask-url.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { sources } from '../sources/index.ts';
import { addressIn, isAddress } from './choose-source.ts';
import type { CommandContext, GlobalOptions } from './context.ts';

/** The run's folder is `<data-dir>/runs/<run-id>`. */
export function dataDirOf({ run_dir }: RunReport): string {
  return dirname(dirname(run_dir ?? ''));
}

/**
 * The command that starts this program from a folder: its name if that is on the PATH, npx in a project, or the
 * launcher in a clone.
 */
function selfCommand(cwd: string): string[] {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const launcher = join(root, 'bin', 'spacex-pipeline');
  if (isOnPath('spacex-pipeline', launcher)) return ['spacex-pipeline'];
  if (root.includes(`${sep}node_modules${sep}`)) return ['npx', 'spacex-pipeline'];
  const path = relative(cwd, launcher);
  return [path.includes(sep) ? path : `.${sep}${path}`];
}

function shellLine(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}

/**
 * Completes the command at the end of a hint or other text with the same flags, so that it is ready to run. Never
 * includes a secret; instead, the text explains how to provide it.
 */
export function runnable(text: string, { cwd, given }: Pick<CommandContext, 'cwd' | 'given'>): string {
  const { databaseUrl = '' } = given;
  const url = withoutPassword(databaseUrl);
  const flags = Object.entries({
    '--config': given.config,
    '--data-dir': text.includes(' --data-dir ') ? undefined : given.dataDir,
    '--database-url': url === null || url === '' ? undefined : url,
    '--source': text.includes(' --source ') ? undefined : sourceOf(given),
    '--schema': given.schema,
  }).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  if (given.allowNetworkFolder === true) flags.push('--allow-network-folder');
  const self = shellLine([...selfCommand(cwd), ...flags]);
  const from = addressFor(text, cwd, given);
  const ready = from === null ? text : text.replace(PULLS, `$& --from ${shellQuote(from)}`);
  const secret = url === null ? URL_APART : url === databaseUrl ? '' : PASSWORD_APART;
  return ready.replace(COMMAND, (_, before: string, variable: string) => {
    if (secret === '') return `${before}${variable}${self} `;
    return before === '' ? `With ${secret}: ${variable}${self} ` : ` (with ${secret}): ${variable}${self} `;
  });
}

/** The address that a command needs as `--from` to pull from the same place; null if it does not need one. */
function addressFor(text: string, cwd: string, given: GlobalOptions): string | null {
  const { dataDir, source = '' } = given;
  const about = / --source (\S+)/.exec(text)?.[1] ?? source;
  const from = addressIn(given.from) ?? (isAddress(source) ? source : undefined);
  if (from !== undefined && about === source) return maskUrl(from) === from ? from : null;
  return dataDir !== undefined && isSimulatedDir(resolve(cwd, dataDir)) ? 'sandbox' : null;
}

/**
 * The source to add as `--source`. With `--schema`, a source is always added, because a schema belongs to one source.
 */
function sourceOf({ schema, source }: GlobalOptions): string | undefined {
  const [first, ...others] = sources.map(({ name }) => name);
  const named = [first, ...others].find((name) => name === source);
  return named ?? (schema === undefined || others.length === 0 ? undefined : first);
}

/** The command, possibly after an environment variable that is set only for it. */
const COMMAND = /(^|: )((?:[A-Z_]+=\S+ )?)spacex-pipeline (?=[-a-z])/;
/** Commands that would pull real records by default. */
const PULLS = /(?<=(?:^|: )(?:[A-Z_]+=\S+ )?spacex-pipeline )(?:run|plan)(?= |$)(?!.* --from )/;
const PASSWORD_APART = 'the password as PGPASSWORD or in ~/.pgpass';
const URL_APART = 'the database URL as SPACEX_PIPELINE_DATABASE_URL';

/** The flags for a command about this run, whose data folder may differ from the configured one. */
export function flagsAbout({ loaded, cwd, given }: CommandContext, report: RunReport): GlobalOptions {
  if (report.run_dir === null || dataDirOf(report) === loaded.config.dataDir) return given;
  return { ...given, dataDir: relative(cwd, dataDirOf(report)) || '.' };
}
