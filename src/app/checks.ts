import { checkRows, ledgerChecks } from '../adapters/postgres/checks.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { NotFoundError, PipelineError } from '../core/errors.ts';
import type { DataCheck } from '../core/resource.ts';
import { danglingChecks, isPublished } from '../core/run.ts';
import { suggest } from '../lib/suggest.ts';
import { findRun } from './history.ts';
import { readTarget } from './read-target.ts';
import type { CheckReport, CheckRow } from '../output/records.ts';
import type { AppDeps } from './runtime.ts';

export type ChecksOfRun = { readonly runId: string; readonly checks: readonly CheckReport[] };

/** Most severe first. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;

/** Whether the severity is at or above the limit. */
export function isAtLeast(severity: CheckReport['severity'], limit: CheckReport['severity']): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(limit);
}

/**
 * The results of a run's data checks, most severe first, then by descending row count. If `id` is null, returns the
 * newest published run and the last result of every check.
 */
export async function runChecks(
  config: SourceConfig,
  id: string | null,
  deps: AppDeps,
): Promise<ChecksOfRun> {
  const run = await findRun(config, id, deps, isPublished);
  const runId = run.run_id;
  const made = await readTarget(config, 'read the checks', deps, ({ session }) =>
    ledgerChecks(session, id === null ? null : runId),
  );
  const descriptions = new Map(allChecks(config).map(({ name, description }) => [name, description]));
  const source = config.source.name;
  const checks: CheckReport[] = made.map((one) => ({
    ...one,
    source,
    description: descriptions.get(one.name) ?? '',
  }));
  for (const [resource, { tables }] of Object.entries(run.resources)) {
    checks.push(...danglingChecks(resource, tables).map((one) => ({ ...one, source })));
  }
  return { runId, checks: checks.sort(compare) };
}

/** The check results of the newest published run of each source that has one. */
export async function newestChecks(
  configs: readonly SourceConfig[],
  deps: AppDeps,
): Promise<readonly ChecksOfRun[]> {
  const found: ChecksOfRun[] = [];
  let none: unknown = null;
  for (const config of configs) {
    try {
      found.push(await runChecks(config, null, deps));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      none ??= error;
    }
  }
  if (found.length === 0) throw none;
  return found;
}

/**
 * The rows that currently violate a check. If several sources have a check with this name, uses the check of the first
 * source. Throws `usage` for an unknown name.
 */
export async function checkedRows(
  configs: readonly SourceConfig[],
  name: string,
  limit: number,
  deps: AppDeps,
): Promise<readonly CheckRow[]> {
  const known = configs.flatMap((config) =>
    [...allChecks(config), ...referenceChecks(config)].map((check) => ({ check, config })),
  );
  const found = known.find(({ check }) => check.name === name);
  if (found !== undefined)
    return readTarget(found.config, `run check ${name}`, deps, ({ session }) =>
      checkRows(session, found.check, limit),
    );
  const names = known.map(({ check }) => check.name);
  const meant = suggest(name, names);
  const reason = meant === null ? '' : `: did you mean ${meant}?`;
  throw new PipelineError(`Cannot find check ${JSON.stringify(name)}${reason}`, {
    code: 'usage',
    hint: meant === null ? 'spacex-pipeline checks --all' : `spacex-pipeline checks --rows ${meant}`,
  });
}

function allChecks({ source }: SourceConfig): DataCheck[] {
  return source.resources.flatMap(({ checks }) => checks);
}

/** One check for each reference, which finds the rows that refer to a missing row. */
function referenceChecks({ source }: SourceConfig): DataCheck[] {
  return source.resources.flatMap(({ tables }) =>
    tables.flatMap(({ name, owner, columns }) =>
      Object.entries(columns).flatMap(([column, { references }]) =>
        references === undefined
          ? []
          : [
              {
                name: `dangling_${name}_${column}`,
                severity: 'warning' as const,
                description: '',
                sql: `SELECT "${owner}" AS id, "${column}" AS detail FROM "${name}" t
                      WHERE "${column}" IS NOT NULL
                        AND NOT EXISTS (SELECT FROM "${references}" r WHERE r.id = t."${column}")`,
              },
            ],
      ),
    ),
  );
}

function compare(a: CheckReport, b: CheckReport): number {
  const rank = ({ severity }: CheckReport): number => SEVERITIES.indexOf(severity);
  return rank(a) - rank(b) || (b.count ?? -1) - (a.count ?? -1) || (a.name < b.name ? -1 : 1);
}
