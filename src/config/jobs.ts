import { NotFoundError, PipelineError } from '../core/errors.ts';
import type { Source } from '../core/source.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { suggest } from '../lib/suggest.ts';
import { sources } from '../sources/index.ts';
import { refuse } from './check.ts';
import { forSource, type LoadedSource } from './for-source.ts';
import type { Config, LoadedConfig } from './load.ts';
import { didYouMean, expectation, isValidAddress, isHttpUrl, showFound } from './value.ts';

type JobSettings = Config['jobs'][string];

/** A job as configured, with defaults filled in. */
export type Job = Required<Omit<JobSettings, 'source' | 'from' | 'retries'>> & {
  readonly name: string;
  readonly source: Source;
  /** `archive`, `live`, `sandbox` or a base URL; null for the source's configured address. */
  readonly from: string | null;
  readonly retries: Required<NonNullable<JobSettings['retries']>>;
};

const DEFAULTS = {
  /** The resources configured for the source. */
  resources: null,
  timezone: 'UTC',
  overlap: 'skip',
  missed: 'once',
  timeoutSeconds: 3600,
  limits: {},
  enabled: true,
} as const;

const DEFAULT_RETRIES: Job['retries'] = { limit: 3, delaySeconds: 60, maxDelaySeconds: 3600 };

/**
 * Returns the configured jobs of the given sources, or one default job for each source if no jobs are configured.
 * `from` applies to jobs that do not set their own address. Throws `usage` with the path of the first fault.
 */
export async function readJobs(
  loaded: LoadedConfig,
  from: string | null = null,
  ofSources: readonly Source[] = sources,
): Promise<readonly Job[]> {
  refuseAddress(from);
  const configured = Object.entries(loaded.config.jobs);
  const all =
    loaded.origins.jobs !== 'default'
      ? configured.map(([name, settings]) => jobOf(name, settings, from, loaded))
      : defaultJobs(from, loaded);
  const jobs = all.filter(({ source }) => ofSources.includes(source));
  refuseSharedUrl(from, jobs);
  const problems = [];
  for (const job of jobs) problems.push(...(await faultsOf(job)));
  const source = loaded.origins.jobs.replace(/^\S+ /, '');
  refuse(
    problems.map(({ key, message }) => ({ source, message: `jobs.${key} ${message}` })),
    'Correct it there, and check the result with: spacex-pipeline jobs',
  );
  return jobs;
}

/** Throws `usage` if the address is not valid. */
function refuseAddress(from: string | null): void {
  if (from === null || isValidAddress(from)) return;
  const message = `must be ${expectation({ format: 'address' }, from)}, found ${showFound(from)}`;
  refuse([{ source: '--from', message }], 'Run the command with --help to see what it accepts.');
}

/** A base URL belongs to one source. Throws `usage` if jobs of several sources would use it. */
function refuseSharedUrl(from: string | null, jobs: readonly Job[]): void {
  if (from === null || !isHttpUrl(from)) return;
  const asking = [...new Set(jobs.filter((job) => job.from === from).map(({ source }) => source.name))];
  if (asking.length < 2) return;
  throw new PipelineError(
    `Cannot use --from ${maskUrl(from)}: it would apply to jobs for ${asking.join(' and ')}, but a base URL belongs to a single source`,
    {
      code: 'usage',
      hint: 'Select one source with --source, or set "from" for the jobs of the other sources in the configuration.',
    },
  );
}

/** One default job for each source. */
export function defaultJobs(from: string | null = null, loaded: LoadedConfig | null = null): readonly Job[] {
  return sources.map(({ name }) => jobOf(name, { source: name }, from, loaded));
}

function jobOf(name: string, settings: JobSettings, from: string | null, loaded: LoadedConfig | null): Job {
  const source = sources.find((one) => one.name === settings.source) ?? sources[0];
  return {
    ...DEFAULTS,
    ...settings,
    name,
    source,
    from: settings.from ?? fromFor(source, from),
    schedule: scheduleOf(settings, source, loaded),
    retries: retriesOf(settings),
  };
}

/** A source without preserved copies is pulled from its configured address, even with `--from archive`. */
function fromFor({ archive }: Source, from: string | null): string | null {
  return archive === null && from !== null && /^archive(@|$)/i.test(from) ? null : from;
}

/** Separates the fields with single spaces, because some cron parsers do not accept tabs. */
function scheduleOf({ schedule }: JobSettings, source: Source, loaded: LoadedConfig | null): string | null {
  const hasToken = loaded !== null && (forSource(loaded, source).config.settings.token ?? null) !== null;
  const usual = hasToken ? (source.auth?.schedule ?? source.schedule) : source.schedule;
  const own = schedule === undefined ? usual : schedule;
  return own === null ? null : own.trim().replaceAll(/\s+/g, ' ');
}

/** Raises the default maximum wait if the first wait is longer. */
function retriesOf({ retries = {} }: JobSettings): Job['retries'] {
  const { delaySeconds = DEFAULT_RETRIES.delaySeconds } = retries;
  const maxDelaySeconds = Math.max(DEFAULT_RETRIES.maxDelaySeconds, delaySeconds);
  return { ...DEFAULT_RETRIES, maxDelaySeconds, ...retries };
}

type Fault = { readonly key: string; readonly message: string };

/** Finds the faults that the schema cannot express. */
async function faultsOf(job: Job): Promise<readonly Fault[]> {
  const { name, resources, retries, schedule, source, timezone } = job;
  const faults: Fault[] = [];
  const known = source.resources.map((resource) => resource.name);
  for (const [index, resource] of (resources ?? []).entries())
    if (!known.includes(resource))
      faults.push({
        key: `${name}.resources[${index}]`,
        message: `must be a resource of ${source.name}, found ${showFound(resource)}${didYouMean(suggest(resource, known))}`,
      });
  const { delaySeconds, maxDelaySeconds } = retries;
  if (maxDelaySeconds < delaySeconds)
    faults.push({
      key: `${name}.retries.maxDelaySeconds`,
      message: `must be at least delaySeconds (${delaySeconds}), found ${maxDelaySeconds}`,
    });
  if (!isTimeZone(timezone)) {
    const similar = suggest(timezone, Intl.supportedValuesOf('timeZone'));
    faults.push({
      key: `${name}.timezone`,
      message: `must be a time zone, found ${showFound(timezone)}${didYouMean(similar)}`,
    });
  }
  if (schedule !== null) {
    const { cronFault } = await import('./cron.ts');
    const message = cronFault(schedule);
    if (message !== null) faults.push({ key: `${name}.schedule`, message });
  }
  return faults;
}

/** Also accepts aliases, which `Intl.supportedValuesOf` does not list. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format().length > 0;
  } catch {
    return false;
  }
}

/** The configuration of a job's source, with the job's own settings applied. */
export function forJob(whole: LoadedConfig, job: Job): LoadedSource {
  const loaded = forSource(whole, job.source);
  const { config } = loaded;
  const { rejects, vanished } = config.limits;
  return {
    ...loaded,
    config: {
      ...config,
      settings: {
        ...config.settings,
        resources: job.resources === null ? config.settings.resources : [...job.resources],
      },
      limits: {
        rejects: { ...rejects, ...job.limits.rejects },
        vanished: { ...vanished, ...job.limits.vanished },
      },
    },
  };
}

/** Throws `NotFoundError` if no job has that name. */
export function findJob<J extends Pick<Job, 'name'>>(jobs: readonly J[], name: string): J {
  const job = jobs.find((one) => one.name === name);
  if (job !== undefined) return job;
  const names = jobs.map((one) => one.name);
  const known = names.length === 0 ? 'there are no jobs' : `known jobs: ${names.join(', ')}`;
  throw new NotFoundError(
    `Cannot find job ${JSON.stringify(name)}: ${known}${didYouMean(suggest(name, names))}`,
    'spacex-pipeline jobs',
  );
}
