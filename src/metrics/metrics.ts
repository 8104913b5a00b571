import { collectDefaultMetrics, Registry } from '@prometheus-io/client';

import { reasonOf } from '../core/errors.ts';
import type { FolderFacts, LedgerFacts } from '../core/facts.ts';
import type { JobEvent } from '../core/job.ts';
import type { Clock, Log } from '../core/ports.ts';
import { createCached, type Cached } from '../lib/cached.ts';
import { createFolderMetrics } from './folder-metrics.ts';
import { createJobMetrics } from './job-metrics.ts';
import { createLedgerMetrics } from './ledger-metrics.ts';
import { metersOf } from './meters.ts';
import { createRunMetrics, type Known, type RunMetrics } from './run-metrics.ts';

export type { Known } from './run-metrics.ts';

export type MetricsOptions = {
  readonly known: Known;
  readonly clock: Clock;
};

/** Functions that read the current state when the metrics are requested. */
export type Probes = {
  readonly ledger: () => Promise<LedgerFacts>;
  readonly folder: () => Promise<FolderFacts>;
  readonly log: Pick<Log, 'warn'>;
};

type Text = () => Promise<{ readonly type: string; readonly text: string }>;

/** The metrics of a single run. */
export type MetricsOfRun = RunMetrics & { readonly text: Text };

/** The metrics of a process that serves jobs. */
export type MetricsOfServe = Pick<RunMetrics, 'subscriber'> & {
  readonly onJob: (event: JobEvent) => void;
  readonly text: Text;
};

const FRESH_MS = 15_000;
/** Prometheus gives up on a scrape after 10 s. */
const LIMIT_MS = 5000;

/** promtool complains about these names. */
const UNCLEAN = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_utilization_summary',
];

/**
 * Contains nothing about the process, which ends with the run, or about the program: node_exporter rejects files that
 * have a series in common.
 */
export function createRunFileMetrics(options: MetricsOptions): MetricsOfRun {
  const { meters, text } = openRegistry();
  return { ...createRunMetrics(meters, options.known, options.clock), text };
}

export function createServeMetrics(
  options: MetricsOptions & { readonly version: string },
  probes: Probes,
): MetricsOfServe {
  const { clock, known } = options;
  const { meters, registry, text } = openRegistry();
  meters
    .gauge('build_info', 'The versions of the program and of Node; the value is always 1.', [
      'version',
      'node_version',
    ])
    .set({ version: options.version, node_version: process.version }, 1);
  // The event loop utilization metrics are removed below, so their timer need not fire.
  collectDefaultMetrics({ register: registry, eventLoopUtilizationTimeout: 2 ** 31 - 1 });
  for (const name of UNCLEAN) registry.removeSingleMetric(name);
  const runs = createRunMetrics(meters, known, clock);
  const count = createJobMetrics(meters, known, runs);
  const ledger = cachedProbe(probes.ledger, 'the database', clock, probes.log);
  const folder = cachedProbe(probes.folder, 'the data folder', clock, probes.log);
  const showLedger = createLedgerMetrics(meters);
  const showFolder = createFolderMetrics(meters);
  return {
    subscriber: runs.subscriber,
    onJob(event) {
      // A job continues even if its events cannot be counted.
      try {
        count(event);
      } catch (error) {
        probes.log.warn(`Cannot count an event of job ${event.job}: ${reasonOf(error)}`);
      }
      if (event.type !== 'job.ended') return;
      ledger.expire();
      folder.expire();
    },
    async text() {
      const [inLedger, inFolder] = await Promise.all([ledger.get(), folder.get()]);
      showLedger(inLedger);
      showFolder(inFolder);
      return text();
    },
  };
}

/** Uses a new registry, because everything in the process would share the library's default registry. */
function openRegistry() {
  const registry = new Registry();
  return {
    registry,
    meters: metersOf(registry),
    text: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

function cachedProbe<T>(
  read: () => Promise<T>,
  what: string,
  clock: Clock,
  log: Pick<Log, 'warn'>,
): Cached<T> {
  const onFailure = (error: unknown): void =>
    log.warn(`Cannot read ${what} for the metrics: ${reasonOf(error)}`);
  return createCached(read, { freshMs: FRESH_MS, limitMs: LIMIT_MS, clock, onFailure });
}
