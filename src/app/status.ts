import { hasDatabase } from '../adapters/postgres/database-folder.ts';
import { readStatus } from '../adapters/postgres/status.ts';
import { tickGap } from '../lib/ticks.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { readJobs } from '../config/jobs.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { JobReport } from '../core/job.ts';
import { isExpected, judgeStatus } from '../core/judge-status.ts';
import { NO_RUNS, type LedgerStatus, type StatusReport } from '../core/status.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { reachJobs } from './jobs/reach-jobs.ts';
import { readTargets } from './read-target.ts';
import { embeddedDir, type AppDeps } from './runtime.ts';
import type { OpenDatabase } from './runtime.ts';
import { ifUnmigrated } from './database.ts';

/** The status of each source. `maxAgeSeconds` null means twice the interval of its jobs. */
export async function readStatuses(
  whole: LoadedConfig,
  configs: readonly [SourceConfig, ...SourceConfig[]],
  maxAgeSeconds: number | null,
  deps: AppDeps,
): Promise<StatusReport> {
  const jobs = await readJobs(whole);
  const ledgers = await readLedgers(configs, deps);
  const reports = await (await reachJobs(whole, jobs, deps)).list();
  const now = deps.clock.now();
  const configured = whole.origins.jobs !== 'default';
  const all = configs.map(({ source: { name } }) => {
    const [ledger, own] = [ledgers.get(name) ?? NO_RUNS, reports.filter(({ source }) => source === name)];
    return { name, ledger, jobs: own, expected: isExpected(ledger, own, configured) };
  });
  // If nothing has been loaded yet, the first source counts as expected.
  const none = all.every(({ expected }) => !expected);
  const sources = all.map(({ expected, jobs: own, ledger, name }, index) => {
    const max = maxAgeSeconds ?? defaultMaxAge(own, new Date(now));
    const circumstances = { expected: expected || (none && index === 0), jobs: own, max, now };
    return judgeStatus(name, ledger, circumstances);
  });
  const [{ database, dataDir }] = configs;
  return {
    checked_at: new Date(now).toISOString(),
    database: database.url === null ? embeddedDir(dataDir) : maskUrl(database.url),
    needs_attention: sources.some(({ needs_attention }) => needs_attention),
    sources,
  };
}

async function readLedgers(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  deps: AppDeps,
): Promise<ReadonlyMap<string, LedgerStatus>> {
  const [{ database, dataDir }] = configs;
  // Reading must not create a database.
  if (database.url === null && !hasDatabase(embeddedDir(dataDir))) return new Map();
  const all = await readTargets(configs, 'read the status', deps, async ({ source }, opened) => {
    const status = await readLedger({ source }, opened).catch(ifUnmigrated(NO_RUNS));
    return [source.name, status] as const;
  });
  return new Map(all);
}

async function readLedger(
  { source }: Pick<SourceConfig, 'source'>,
  { session }: OpenDatabase,
): Promise<LedgerStatus> {
  const { dangling, found, ...ledger } = await readStatus(session);
  // The ledger may contain checks that this program no longer has.
  const known = new Set(source.resources.flatMap(({ checks }) => checks.map(({ name }) => name)));
  const count = (wanted: string): number =>
    found.filter(({ name, severity }) => severity === wanted && known.has(name)).length;
  const checks = { error: count('error'), warning: count('warning') + dangling, info: count('info') };
  return { ...ledger, checks };
}

/** Twice the interval of the most frequent enabled job; null if no enabled job has a schedule. */
function defaultMaxAge(jobs: readonly JobReport[], now: Date): number | null {
  const gaps = jobs.flatMap(({ enabled, schedule, timezone }) =>
    enabled && schedule !== null ? (tickGap(schedule, timezone, now) ?? []) : [],
  );
  return gaps.length === 0 ? null : 2 * Math.min(...gaps);
}
