import stringWidth from 'fast-string-width';

import { queryTarget } from '../app/query.ts';
import { reportError } from '../core/errors.ts';
import { isFinding, isPublished, type CheckResult, type RunReport, type RunStatus } from '../core/run.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { escapeControls } from '../lib/text-table.ts';
import { sources } from '../sources/index.ts';
import type { CommandContext, GlobalOptions } from './context.ts';
import { copiesLines, laterLines, leftLines } from './copies.ts';
import { driftLine } from './drift.ts';
import { countedFindings, painted, printLine, printTable } from './print.ts';
import { flagFor } from '../app/source-flag.ts';
import { dataDirOf, flagsAbout, runnable } from './self.ts';

const ANSWER_ROWS = 6;

export type RunEnding = {
  readonly report: RunReport;
  /** The time since the command began. */
  readonly seconds: number;
  /** Null if no checks ran. */
  readonly checks: readonly CheckResult[] | null;
  /** Whether to also suggest the other sources. */
  readonly showsOthers: boolean;
};

/** Prints how a run ended: totals, an example query on its tables, problems, and commands to type next. */
export async function printEnd(context: CommandContext, ending: RunEnding): Promise<void> {
  const { report } = ending;
  if (context.quiet) return;
  if (context.verbose) printCounts(context, report);
  printHeadline(context, ending);
  if (context.verbose) printRun(context, report);
  else for (const line of [...laterLines(report), ...leftLines(report, ['kept'])]) printLine(context, line);
  const example = isPublished(report) ? exampleOf(context, report) : null;
  if (example !== null) await printAnswer(context, report, example);
  for (const [what, command] of problemsOf(ending)) printCommand(context, report, what, command);
  const drift = await driftLine(context, report).catch((error: unknown) => {
    context.log.warn(reportError(error).message);
    return null;
  });
  if (drift !== null) printLine(context, drift);
  if (report.status !== 'succeeded') return;
  if (example !== null) printCommand(context, report, 'Query', `query ${shellQuote(example)}`);
  printCommand(context, report, 'Tables', 'tables');
  if (ending.showsOthers) printOtherSources(context);
}

/** The beginning of the first line, and its color. */
const MARKS = {
  succeeded: ['✓', 'green'],
  partial: ['! partial:', 'yellow'],
  failed: ['✗ failed:', 'red'],
  interrupted: ['✗ interrupted:', 'red'],
  running: ['', 'dim'],
} as const satisfies Readonly<Record<RunStatus, unknown>>;

function printHeadline(context: CommandContext, ending: RunEnding): void {
  const [first = '', ...others] = inWidth(headline(ending), context.stdout);
  const [mark, color] = MARKS[ending.report.status];
  const rest = escapeControls(first.slice(mark.length));
  context.stdout.write(`${painted(context.stdout, mark, color)}${rest}\n`);
  for (const line of others) printLine(context, line);
}

function headline({ report, seconds }: RunEnding): string[] {
  const { resources, status } = report;
  const reports = Object.entries(resources);
  const named = (wanted: string): string[] =>
    reports.flatMap(([name, one]) => (one.status === wanted ? [name] : []));
  const published = named('succeeded').length;
  const records = reports.reduce((sum, [, one]) => sum + one.received, 0);
  const rate = seconds > 0 ? ` (${Math.round(records / seconds)}/s)` : '';
  const absent = named('absent');
  const took = `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const [mark] = MARKS[status];
  return [
    published === 0 && status !== 'succeeded'
      ? `${mark} nothing was published (${took})`
      : `${mark} ${published} of ${reports.length} resources, ${records} records in ${took}${rate}`,
    originOf(report),
    ...(absent.length === 0 ? [] : [`absent: ${absent.join(', ')}`]),
    ...(isUnchanged(report) ? ['everything is unchanged'] : []),
  ];
}

function originOf({ address, resources, simulated }: RunReport): string {
  const kind = simulated === null ? 'of unknown kind' : simulated ? 'SIMULATED' : 'real';
  const years = Object.values(resources)
    .flatMap(({ pages }) => pages.flatMap(({ captured_at: at }) => (at === null ? [] : [at.slice(0, 4)])))
    .sort();
  const [first = ''] = years;
  const last = years.at(-1) ?? '';
  if (first === '') return `${kind}, from ${address}`;
  return `${kind}, recorded ${first === last ? first : `${first}–${last}`}`;
}

/** True if no table changed. Includes the tables of lists, which can change while the main tables stay the same. */
function isUnchanged({ resources: reports, status }: RunReport): boolean {
  const tables = Object.values(reports).flatMap((report) => Object.values(report.tables));
  return (
    status === 'succeeded' &&
    tables.every(({ inserted, updated, deleted }) => inserted + updated + deleted === 0)
  );
}

/** Joins the parts into as few lines as fit the terminal's width, or into one line if there is no terminal. */
function inWidth(parts: readonly string[], { columns, isTTY }: CommandContext['stdout']): string[] {
  const width = isTTY === true ? columns || 80 : Infinity;
  return parts.reduce<string[]>((lines, part) => {
    const last = lines.at(-1);
    const longer = `${last} · ${part}`;
    if (last === undefined) return [part];
    return longer.length <= width ? [...lines.slice(0, -1), longer] : [...lines, `  ${part}`];
  }, []);
}

const COUNTS = [
  'received',
  'validated',
  'errored',
  'inserted',
  'updated',
  'unchanged',
  'deleted',
  'held',
] as const;

function printCounts(context: CommandContext, report: RunReport): void {
  printTable(
    context,
    ['resource', 'status', ...COUNTS, 'seconds'],
    Object.entries(report.resources).map(([name, one]) => [
      name,
      one.status,
      ...COUNTS.map((count) => one[count]),
      Number(one.seconds.toFixed(1)),
    ]),
  );
  printLine(context, '');
}

function printRun(context: CommandContext, report: RunReport): void {
  const origin = report.simulated === true ? `${report.address}: simulated records` : report.address;
  printLine(context, `Run ${report.run_id} ${report.status} (${origin})`);
  for (const line of [...copiesLines(report), ...leftLines(report)]) printLine(context, line);
  printLine(context, `Folder: ${report.run_dir}`);
}

/** The example query of the last published resource. The resources before it are the ones it needs. */
function exampleOf({ loaded }: CommandContext, { resources }: RunReport): string | null {
  const last = Object.entries(resources).findLast(([, { status }]) => status === 'succeeded')?.[0];
  return loaded.config.source.resources.find(({ name }) => name === last)?.exampleQuery ?? null;
}

/** The run has already ended, so a failure here is only logged. */
async function printAnswer(context: CommandContext, report: RunReport, sql: string): Promise<void> {
  const { loaded, log, signal } = context;
  if (signal.aborted) return;
  const config = { ...loaded.config, dataDir: dataDirOf(report) };
  try {
    const { columns, rows } = await queryTarget([config], sql, { write: false }, context);
    if (rows.length === 0) return;
    printLine(context, '');
    printTable(context, columns, rows.slice(0, ANSWER_ROWS));
    printLine(context, '');
  } catch (error) {
    log.debug(reportError(error).message);
  }
}

type Problem = readonly [what: string, command: string];

function problemsOf({ checks, report }: RunEnding): Problem[] {
  const reports = Object.entries(report.resources);
  const rejected = reports.filter(([, { errored }]) => errored > 0);
  const failed = reports.filter(([, { status }]) => status === 'failed' || status === 'skipped');
  const found = checks?.filter(isFinding) ?? [];
  const problems: Problem[] = [];
  if (failed.length > 0) {
    const names = failed.map(([name, { status }]) => (status === 'failed' ? name : `${name} (skipped)`));
    problems.push([`Failed: ${names.join(', ')}. Why`, `runs show ${report.run_id}`]);
  }
  if (rejected.length > 0) {
    const names = rejected.map(([name, { errored }]) => `${errored} of ${name}`);
    problems.push([`Rejected: ${names.join(', ')}. Why`, `rejects list ${report.run_id}`]);
  }
  if (found.length > 0) {
    const of = (wanted: CheckResult['severity']): number =>
      found.filter(({ severity }) => severity === wanted).length;
    const words = countedFindings({ error: of('error'), warning: of('warning'), info: of('info') });
    problems.push([
      `Checks: ${found.length} of ${checks?.length} found something, ${words}. Details`,
      'checks',
    ]);
  }
  return problems;
}

function printCommand(context: CommandContext, report: RunReport, what: string, command: string): void {
  printWithCommand(context, `${what}: spacex-pipeline ${command}`, flagsAbout(context, report));
}

/** If the terminal is too narrow for both, the command goes on its own line. */
function printWithCommand(context: CommandContext, text: string, given: GlobalOptions): void {
  const line = runnable(text, { cwd: context.cwd, given });
  const { columns = 80, isTTY } = context.stdout;
  const [what = ''] = text.split(': spacex-pipeline ');
  if (isTTY !== true || stringWidth(line) <= columns || !line.startsWith(`${what}: `))
    printLine(context, line);
  else for (const part of [`${what}:`, `  ${line.slice(what.length + 2)}`]) printLine(context, part);
}

/** Suggests the other sources to a new user. */
function printOtherSources(context: CommandContext): void {
  const { given } = context;
  if (given.source !== undefined) return;
  for (const { hasStandIn, name, offers } of sources.slice(1)) {
    const flags = `${flagFor(name)}${hasStandIn ? ' --or-sandbox' : ''}`;
    printWithCommand(context, `Next (${offers}): spacex-pipeline run${flags}`, given);
  }
}
