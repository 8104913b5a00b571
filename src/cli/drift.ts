import { Option } from 'commander';

import { driftOf, driftOfRun } from '../app/drift.ts';
import { NOVELTIES, noveltyOf, type DriftKind } from '../core/drift.ts';
import type { RunReport } from '../core/run.ts';
import { counted } from '../core/text.ts';
import { percent } from '../lib/percent.ts';
import { configsOf, type CommandContext } from './context.ts';
import { RUN_ID } from './options.ts';
import { printLine, printResult, printTable } from './print.ts';
import { openToRead } from './read-folder.ts';
import { dataDirOf, flagsAbout, runnable } from './self.ts';
import { example, type Register } from './command.ts';
import type { DriftReport } from '../output/records.ts';

export const register: Register = (program, streams, setOutcome) => {
  program
    .command('drift')
    .description('show how the shape of the records has changed since the previous run')
    .argument('[run]', `${RUN_ID} (default: the newest run with a profile)`)
    .option('--contract', 'compare only with the contract')
    .addOption(
      new Option(
        '--fail-on <what>',
        'exit 10 on any change (any), or only if something new appeared, such as an unknown field (new)',
      ).choices(['any', 'new']),
    )
    .addHelpText('after', example('drift', 'drift --fail-on new'))
    .action(async (id: string | undefined, options: Options, command) => {
      const context = await openToRead(streams, command);
      const names = configsOf(context).map(({ source }) => source.name);
      const { dataDir } = context.loaded.config;
      const report = await driftOf(dataDir, names, id ?? null, options.contract === true);
      printResult(context, report, printDrift);
      setOutcome(isBad(report, options.failOn) ? 'attention' : null);
    });
};

type Options = { readonly contract?: boolean; readonly failOn?: 'any' | 'new' };

function isBad({ resources }: DriftReport, failOn: Options['failOn']): boolean {
  const moved = Object.values(resources).flatMap((one) => one.moved);
  if (failOn === undefined) return false;
  return failOn === 'any' ? moved.length > 0 : moved.some((one) => noveltyOf(one) !== null);
}

function printDrift(context: CommandContext, { run_id, resources }: DriftReport): void {
  printLine(context, `Run ${run_id}`);
  for (const [name, { against, moved, records, untold }] of Object.entries(resources)) {
    const base = against === null ? 'the contract only' : `run ${against}`;
    const result = moved.length === 0 ? 'nothing changed' : counted(moved.length, 'change');
    printLine(context, `${name}: ${counted(records, 'record')} compared with ${base}: ${result}`);
    if (untold > 0)
      printLine(
        context,
        `${name}: ${counted(untold, 'value')} in further unknown fields, not listed individually`,
      );
  }
  const rows = Object.entries(resources).flatMap(([name, { moved }]) =>
    moved.map(({ kind, path, found, count, before, now }) => [
      name,
      inWords(kind),
      path === '' ? '(record)' : path,
      found ?? (kind === 'new_value' ? '(others)' : null),
      count,
      before === null ? null : percent(before),
      now === null ? null : percent(now),
    ]),
  );
  if (rows.length === 0) return;
  printLine(context, '');
  printTable(context, ['resource', 'what', 'path', 'found', 'count', 'before', 'now'], rows, 3);
}

function inWords(what: DriftKind | (typeof NOVELTIES)[number]): string {
  return what.replace('_', ' ');
}

/**
 * The line about new kinds of drift at the end of a run, with the command that shows the details; null if there are
 * none.
 */
export async function driftLine(context: CommandContext, report: RunReport): Promise<string | null> {
  if (report.run_id === null) return null;
  const { resources } = await driftOfRun(dataDirOf(report), report.run_id);
  const parts = Object.entries(resources).flatMap(([name, { moved }]) => {
    const news = moved.map(noveltyOf);
    const counts = NOVELTIES.map(
      (one) => [inWords(one), news.filter((other) => other === one).length] as const,
    )
      .filter(([, count]) => count > 0)
      .map(([what, count]) => counted(count, what));
    return counts.length === 0 ? [] : [`${name} ${counts.join(', ')}`];
  });
  if (parts.length === 0) return null;
  const text = `Drift: ${parts.join('; ')}. Details: spacex-pipeline drift ${report.run_id}`;
  // The command reads only the run's folder.
  const { databaseUrl: _, ...flags } = flagsAbout(context, report);
  return runnable(text, { cwd: context.cwd, given: flags });
}
