import { PipelineError, reportError } from '../core/errors.ts';
import {
  leavesRows,
  NO_ROWS,
  rowCounts,
  type ResourceReport,
  type ResourceStatus,
  type Step,
  type StepReport,
  type TableCounts,
} from '../core/run.ts';
import type { Table } from '../core/table.ts';
import type { LastPublish, LedgerEntry, PublishTransaction, RunEnd, Target } from '../core/target.ts';
import { closeRun } from './outcome.ts';

/** The result of a resource after its steps. */
export type Derived = LedgerEntry & {
  readonly steps: Readonly<Partial<Record<Step, StepReport>>>;
  /** Rows copied to staging, by table. */
  readonly staged: Readonly<Record<string, number>>;
  /** Whether rows that did not arrive may be deleted. */
  readonly deletes: boolean;
  /**
   * Whether all current rows have a different scope. If so, this publish replaces them, and no rows of its own scope
   * can have vanished.
   */
  readonly replaces: boolean;
  /** If nothing was derived again, the publish that left the tables as they are; otherwise null. */
  readonly unchanged: LastPublish | null;
  /** The publish from which only the staged rows differ, so that other rows are not compared; otherwise null. */
  readonly carries: LastPublish | null;
  /** The ids of the staged records if `carries` is set; otherwise null. */
  readonly touched: readonly string[] | null;
};

/** The limit is exceeded only if both values are exceeded. */
export type Limit = { readonly count: number; readonly share: number };

/** The limit for a resource, by name. */
export type Limits = (resource: string) => Limit;

export type PublishRules = {
  readonly vanished: Limits;
  readonly atomic: boolean;
  /** Resources that the user named; null for all. */
  readonly chosen: readonly string[] | null;
};

/** Called before the tables of a resource are merged; `number` counts from 1. */
export type OnMerge = (next: {
  readonly resource: string;
  readonly number: number;
  readonly resources: number;
}) => void;

export function exceeds(limit: Limit, part: number, all: number): boolean {
  return part > limit.count && part > limit.share * all;
}

/**
 * Merges every complete resource whose needs are also complete, in one transaction with the run's ledger rows. Does not
 * publish a resource that would lose too many rows. Throws `books` and publishes nothing if the counts do not balance.
 * `derived` is in the order of the DAG.
 */
export async function publish(
  derived: readonly Derived[],
  target: Target,
  rules: PublishRules,
  onMerge: OnMerge = () => undefined,
): Promise<RunEnd> {
  // A table of a failed resource may be missing.
  const complete = derived.filter(({ report }) => report.status === 'succeeded');
  const tables = complete.flatMap(({ resource }) => resource.tables);
  return target.publish(tables, async (transaction) => {
    const judged = await judge(derived, transaction, rules);
    const end = closeRun(await mergeAll(judged, transaction, onMerge), rules.chosen);
    await transaction.record(end);
    return end;
  });
}

/** Marks the resources that may not be published. Resources whose status is still `succeeded` afterward are merged. */
async function judge(
  derived: readonly Derived[],
  transaction: PublishTransaction,
  rules: PublishRules,
): Promise<Derived[]> {
  const judged = new Map<string, Derived>();
  for (const item of derived) {
    judged.set(item.resource.name, await judgeOne(item, judged, transaction, rules));
  }
  const all = [...judged.values()];
  const refused = all.find(({ report }) => isRefused(report.status));
  if (!rules.atomic || refused === undefined) return all;
  return all.map((item) =>
    item.report.status === 'succeeded' ? refuse(item, 'skipped', atomicError(item, refused)) : item,
  );
}

async function judgeOne(
  item: Derived,
  judged: ReadonlyMap<string, Derived>,
  transaction: PublishTransaction,
  rules: PublishRules,
): Promise<Derived> {
  if (item.report.status !== 'succeeded') return item;
  const { name, needs } = item.resource;
  const missing = Object.keys(needs).find((need) => isRefused(judged.get(need)?.report.status ?? 'skipped'));
  if (missing !== undefined) return refuse(item, 'skipped', needError(name, missing));
  if (!item.deletes || item.replaces) return item;
  const { live, vanishing } = await transaction.countVanishing(item.resource);
  const limit = rules.vanished(name);
  if (!exceeds(limit, vanishing, live)) return item;
  const error = new PipelineError(
    `Cannot publish ${name}: ${vanishing} of ${live} rows are missing from the source, more than limits.vanished allows (${limit.count} and ${limit.share * 100}%)`,
    {
      code: 'vanished',
      hint: `If the source really deleted them, run: SPACEX_PIPELINE_VANISHED_COUNT=${vanishing} spacex-pipeline run --resources ${name}`,
    },
  );
  return refuse(item, 'failed', error);
}

function isRefused(status: ResourceStatus): boolean {
  return status !== 'succeeded' && !leavesRows(status);
}

export function needError(name: string, need: string): PipelineError {
  return new PipelineError(`Cannot publish ${name}: it needs ${need}, which is incomplete`, {
    code: 'need',
  });
}

function atomicError(item: Derived, refused: Derived): PipelineError {
  return new PipelineError(
    `Cannot publish ${item.resource.name}: ${refused.resource.name} failed, and the run publishes all resources or none`,
    { code: 'need' },
  );
}

function refuse(item: Derived, status: 'failed' | 'skipped', error: PipelineError): Derived {
  return { ...item, report: { ...item.report, status, error: reportError(error) } };
}

/** If `dangling` is null, it is counted after all tables are merged. */
type Counted = Omit<TableCounts, 'dangling'> & { readonly dangling: TableCounts['dangling'] | null };

async function mergeAll(
  judged: readonly Derived[],
  transaction: PublishTransaction,
  onMerge: OnMerge,
): Promise<LedgerEntry[]> {
  const counts = new Map<string, Counted>();
  const merged = judged.filter(({ report }) => report.status === 'succeeded');
  for (const [index, item] of merged.entries()) {
    onMerge({ resource: item.resource.name, number: index + 1, resources: merged.length });
    const { carries, unchanged } = item;
    const counted =
      carries !== null
        ? await mergeTouched(item, carries, transaction)
        : unchanged === null
          ? await mergeStaged(item, transaction)
          : await countUnchanged(item, unchanged, transaction);
    for (const [table, one] of counted) counts.set(table, one);
  }
  const entries: LedgerEntry[] = [];
  for (const { chain, key, resource, report, allRead } of judged) {
    const tables: Record<string, TableCounts> = {};
    for (const table of resource.tables) {
      const counted = counts.get(table.name);
      if (counted !== undefined)
        tables[table.name] = {
          ...counted,
          dangling: counted.dangling ?? (await transaction.countDangling(table)),
        };
    }
    const main = tables[resource.tables[0].name];
    if (main !== undefined) checkRecords(resource.name, report, main);
    entries.push({
      resource,
      report: { ...report, ...rowCounts(main ?? NO_ROWS), tables },
      allRead,
      key,
      chain,
    });
  }
  return entries;
}

async function mergeStaged(
  { resource, staged, deletes }: Derived,
  transaction: PublishTransaction,
): Promise<[string, Counted][]> {
  const counts: [string, Counted][] = [];
  for (const table of resource.tables) {
    const counted = { ...(await transaction.merge(table, resource, deletes)), dangling: null };
    checkBooks(table, counted, staged[table.name] ?? 0, deletes);
    counts.push([table.name, counted]);
  }
  return counts;
}

/** If nothing was staged, the tables are not even read. */
async function mergeTouched(
  { allRead, resource, staged }: Derived,
  left: LastPublish,
  transaction: PublishTransaction,
): Promise<[string, Counted][]> {
  const counts: [string, Counted][] = [];
  for (const table of resource.tables) {
    const before = left.tables[table.name] ?? NO_ROWS;
    const counted = allRead ? await transaction.mergeTouched(table, resource, before) : carriedOn(before);
    checkBooks(table, counted, staged[table.name] ?? 0, false);
    counts.push([table.name, counted]);
  }
  return counts;
}

function carriedOn({ dangling, digest, live_after: live }: TableCounts): TableCounts {
  return { ...NO_ROWS, live_before: live, live_after: live, digest, dangling, carried: true };
}

/** The tables are locked now, so this verifies that they still have the contents on which the run relied. */
async function countUnchanged(
  { resource }: Derived,
  { run_id, tables }: LastPublish,
  transaction: PublishTransaction,
): Promise<[string, Counted][]> {
  const contents = await transaction.contents(resource);
  return Object.entries(contents).map(([name, { digest, live }]) => {
    const left = tables[name]?.digest;
    if (digest !== left) throw altered(name, run_id, left, digest);
    const rows = { staged: live, unchanged: live, live_before: live, live_after: live };
    return [name, { ...NO_ROWS, ...rows, digest, dangling: null }];
  });
}

function altered(table: string, runId: string, left: string | undefined, digest: string): PipelineError {
  return new PipelineError(
    `Cannot publish ${table}: its rows have changed since run ${runId} (digest ${left} is now ${digest})`,
    {
      code: 'books',
      hint: 'Something else wrote to the table during the run. Nothing was published. Repair the table with: spacex-pipeline run',
    },
  );
}

function checkBooks({ keep, name: table }: Table, counts: Counted, copied: number, deletes: boolean): void {
  const { staged, inserted, updated, unchanged, deleted, held, live_before, live_after } = counts;
  balance(table, 'rows copied = staged', copied, staged);
  balance(table, 'staged = inserted + updated + unchanged', staged, inserted + updated + unchanged);
  balance(
    table,
    'live before + inserted − deleted = live after',
    live_before + inserted - deleted,
    live_after,
  );
  if (deletes && keep !== true) balance(table, 'staged + held = live after', staged + held, live_after);
}

function checkRecords(resource: string, report: ResourceReport, main: TableCounts): void {
  const { errored, received, repeated, validated } = report;
  balance(resource, 'received = validated + errored + repeated', received, validated + errored + repeated);
  balance(resource, 'validated = rows staged', report.validated, main.staged);
}

function balance(what: string, rule: string, left: number, right: number): void {
  if (left === right) return;
  throw new PipelineError(
    `Cannot publish ${what}: its books do not balance (${rule} is ${left} = ${right})`,
    {
      code: 'books',
      hint: 'Nothing was published. Please report this bug and include the run folder.',
    },
  );
}
