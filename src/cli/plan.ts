import { planChanges } from '../app/plan.ts';
import { ADDRESSES } from '../config/value.ts';
import { PipelineError } from '../core/errors.ts';
import type { RowChange } from '../core/preview.ts';
import { isPosition } from '../lib/pick-id.ts';
import { example, printFailure, type Register } from './command.ts';
import { isAddress } from './choose-source.ts';
import { openContext, type CommandContext } from './context.ts';
import { AS_OF, resourcesOption } from './options.ts';
import { printItems, printLine, printResult, printTable } from './print.ts';
import { withProgress } from './progress.ts';
import type { PlanReport } from '../output/runs.ts';

/** The maximum number of records to list individually. */
const NAMED = 10;

type PlanOptions = {
  readonly resources?: readonly string[];
  readonly from?: readonly string[];
  readonly asOf?: string;
};

export const register: Register = (program, streams, setOutcome) => {
  resourcesOption(
    program.command('plan'),
    'only these resources and the ones they need, separated by commas (default: all)',
  )
    .description(
      'show what a run would change now, without writing to the target; exits 10 if there are changes',
    )
    .addOption(AS_OF)
    .option(
      '--from <address|run...>',
      "archive, live, sandbox or a base URL; or run ids, to use those runs' raw files instead of pulling",
    )
    .addHelpText('after', example('plan', 'plan --from 0193'))
    .action(async (options: PlanOptions, command) => {
      const context = await openContext(streams, command, { ofSource: { resources: options.resources } });
      const request = {
        resources: options.resources ?? null,
        from: context.from,
        asOf: options.asOf ?? null,
        runs: runsIn(options.from ?? []),
      };
      const report = await withProgress(context, ({ update }) =>
        planChanges(context.loaded, request, { ...context, subscribers: [update] }),
      );
      printResult(context, report, printPlan);
      setOutcome(printFailure(context, report.error) ?? (report.changes ? 'changes' : null));
    });
};

/** Throws `usage` for several addresses, for an address combined with runs, and for anything that is neither. */
function runsIn(from: readonly string[]): readonly string[] {
  const addresses = from.filter(isAddress);
  const neither = from.find((one) => !isAddress(one) && !isPosition(one) && !/^[0-9a-f-]+$/.test(one));
  if (neither !== undefined) {
    throw new PipelineError(
      `Cannot plan from ${JSON.stringify(neither)}: it is neither an address nor a run id`,
      {
        code: 'usage',
        hint: `Use ${ADDRESSES.join(', ')}, an http(s) URL without a query, or run ids.`,
      },
    );
  }
  if (addresses.length === 0) return from;
  if (from.length === 1) return [];
  throw new PipelineError(`Cannot plan from ${from.join(' and ')}: use one address, or only runs`, {
    code: 'usage',
  });
}

function printPlan(context: CommandContext, { changes, error, resources }: PlanReport): void {
  const tables = Object.values(resources).flatMap((one) => Object.entries(one.tables));
  printItems(context, tables, {
    table: ([name]) => name,
    inserted: ([, one]) => one.inserted,
    updated: ([, one]) => one.updated,
    unchanged: ([, one]) => one.unchanged,
    deleted: ([, one]) => one.deleted,
    held: ([, one]) => one.held,
  });
  for (const [name, one] of Object.entries(resources)) {
    printNamed(context, `${name}: newly accepted`, one.newly_accepted);
    printNamed(
      context,
      `${name}: newly rejected`,
      one.newly_rejected.map(({ id, errors }) => `${id} (${errors[0]?.path} ${errors[0]?.message})`),
    );
  }
  const shown = tables.flatMap(([name, one]) => one.changes.flatMap((change) => changeRows(name, change)));
  if (shown.length > 0) {
    printLine(context, '');
    printTable(context, ['table', 'key', 'change', 'column', 'before', 'after'], shown, 2);
  }
  printLine(context, '');
  if (changes) printLine(context, 'A run would make these changes.');
  else if (error === null) printLine(context, 'A run would not change anything.');
}

function printNamed(context: CommandContext, what: string, names: readonly string[]): void {
  if (names.length === 0) return;
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  printLine(context, `${what}: ${names.slice(0, NAMED).join(', ')}${more}`);
}

function changeRows(table: string, { kind, key, cells }: RowChange): unknown[][] {
  const name = Object.values(key).join(' ');
  if (cells.length === 0) return [[table, name, kind]];
  return cells.map(({ column, before, after }) => [table, name, kind, column, before, after]);
}
