import { findRun } from '../app/history.ts';
import { fromFlag } from '../app/source-flag.ts';
import { damagedSources, isWrong, verifyTargets } from '../app/verify.ts';
import { isPublished } from '../core/run.ts';
import { example, type Register } from './command.ts';
import type { CommandContext } from './context.ts';
import { printHint, printItems, printLine, printResult, printTable } from './print.ts';
import { withProgress } from './progress.ts';
import { openToRead } from './read-folder.ts';
import type { TableVerdict, VerifyReport } from '../output/runs.ts';

const KINDS = { inserted: 'missing', updated: 'altered', deleted: 'extra' } as const;

export const register: Register = (program, streams, setOutcome) => {
  program
    .command('verify')
    .description('compare every published row with the ledger and the raw files; exits 1 if they differ')
    .addHelpText('after', example('verify', 'verify --json'))
    .action(async (_options, own) => {
      const context = await openToRead(streams, own, { all: true });
      const report = await withProgress(context, ({ update }) =>
        verifyTargets(context.all, { ...context, subscribers: [update] }),
      );
      setOutcome(report.intact ? null : 'books');
      printResult(context, report, printReport);
      if (!context.json) await printRepairs(context, report);
    });
};

function printReport(context: CommandContext, report: VerifyReport): void {
  const { tables, underivable } = report;
  const several = new Set(tables.map(({ source }) => source)).size > 1;
  printItems(context, tables, {
    ...(several && { source: (one: TableVerdict) => one.source }),
    table: (one) => one.table,
    rows: (one) => Number(one.digest_now.split(':')[0]),
    'as published': (one) => (one.digest === one.digest_now ? 'yes' : 'no'),
    missing: (one) => one.missing,
    extra: (one) => one.extra,
    altered: (one) => one.altered,
    underivable: (one) => one.underivable,
  });
  const rows = tables.flatMap(differences);
  if (rows.length > 0) {
    printLine(context, '');
    printTable(context, ['table', 'key', 'row is', 'column', 'published', 'by raw'], rows, 2);
  }
  for (const [resource, reason] of Object.entries(underivable)) {
    printLine(context, `Cannot derive ${resource} again: ${reason}`);
  }
  printLine(context, '');
  printLine(context, verdict(report));
}

async function printRepairs(context: CommandContext, report: VerifyReport): Promise<void> {
  for (const name of damagedSources(report)) {
    const loaded = context.all.find(({ config }) => config.source.name === name) ?? context.loaded;
    const run = await findRun(loaded.config, null, context, isPublished).catch(() => null);
    const command = `run --source ${name} --full${fromFlag(loaded, run?.address ?? null)}`;
    printHint(context, `To repair it: spacex-pipeline ${command}`);
  }
}

function verdict({ intact, tables }: VerifyReport): string {
  if (intact) return 'Everything is as it was published.';
  return tables.some(isWrong)
    ? 'Not everything is as it was published.'
    : 'Every table matches the ledger, but some could not be compared with raw files.';
}

function differences({ table, rows }: TableVerdict): unknown[][] {
  return rows.flatMap(({ kind, key, cells }): unknown[][] => {
    const name = Object.values(key).join(' ');
    if (cells.length === 0) return [[table, name, KINDS[kind]]];
    return cells.map(({ column, before, after }) => [table, name, KINDS[kind], column, before, after]);
  });
}
