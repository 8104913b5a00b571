import { openArchive } from '../adapters/http/archive/open-archive.ts';
import { asOfDay } from '../adapters/http/archive/playback-url.ts';
import type { Token } from '../adapters/http/transport.ts';
import { openHttpUpstream } from '../adapters/http/upstream.ts';
import type { LoadedSource, SourceConfig } from '../config/for-source.ts';
import { sourceVariable } from '../config/keys.ts';
import { ADDRESSES, isHttpUrl } from '../config/value.ts';
import { PipelineError } from '../core/errors.ts';
import type { Clock, Log, Upstream } from '../core/ports.ts';
import { scopeOf } from '../core/pull.ts';
import type { Archive } from '../core/source.ts';
import { isLoopback } from '../lib/loopback.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { suggest } from '../lib/suggest.ts';
import { addressOfDay, archiveDay } from './archive-day.ts';
import { dataDirOf } from './data-folders.ts';
import { pullingOf } from './open-run.ts';
import type { Runtime } from './runtime.ts';
import { USER_AGENT } from './version.ts';

export type OpenSource = {
  readonly upstream: Upstream;
  /** Whether a run from this address keeps rows that were published from a different address. */
  readonly keepsOthers: boolean;
  /** The data folder that its runs belong to. */
  readonly dataDir: string;
  readonly close: () => Promise<void>;
};

export type SourceChoice = {
  /** `archive`, `live`, `sandbox`, a base URL, or null for the configured address. */
  readonly from: string | null;
  /** The day of an archive, as typed; null for the configured day. */
  readonly asOf: string | null;
  readonly orSandbox: boolean;
};

export type SourceDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly runtime: Pick<Runtime, 'budgets'>;
  /** Set for a run that a job started. A job has its own retries, and its failures are recorded. */
  readonly job?: unknown;
};

type ClosingUpstream = Upstream & { readonly close: () => Promise<void> };

/**
 * Opens the address that a run pulls from. With `orSandbox`, if neither a database nor an address is configured, the
 * sandbox replaces an unreachable address.
 */
export async function openSource(
  loaded: LoadedSource,
  choice: SourceChoice,
  deps: SourceDeps,
): Promise<OpenSource> {
  const { config } = loaded;
  const address = addressOf(loaded, choice, deps.clock.now());
  if (address.kind === 'sandbox') return openSandbox(loaded, deps);
  const upstream =
    address.kind === 'api' ? openApi(loaded, address, deps) : openCopies(loaded, address, deps);
  const obstacle = whyNoFallback(loaded, choice);
  const fallsBack = choice.orSandbox && obstacle === null;
  if (choice.orSandbox && obstacle !== null) deps.log.info(`--or-sandbox has no effect: ${obstacle}`);
  // A person is waiting for an answer, unless a job started the run.
  const probes = fallsBack || (choice.from === 'live' && deps.job === undefined);
  const reason = probes ? await upstream.reach(deps.signal) : null;
  if (reason !== null) {
    await upstream.close();
    if (!fallsBack) throw unreachable(loaded, address.url, reason);
    deps.log.warn(
      `Cannot use ${maskUrl(address.url)}: ${reason}. Using the built-in sandbox API instead; its data is simulated.`,
    );
    return openSandbox(loaded, deps);
  }
  return {
    upstream,
    keepsOthers: address.kind === 'archive' && choice.from === null && choice.asOf === null,
    dataDir: config.dataDir,
    close: () => upstream.close(),
  };
}

/**
 * The error for an unreachable API. A person is waiting, so it is reported once, instead of once for each resource
 * after all retries.
 */
function unreachable(loaded: LoadedSource, url: string, reason: string): PipelineError {
  const { archive, name } = loaded.config.source;
  const hint =
    whyNoFallback(loaded, { from: null, asOf: null }) === null
      ? `Load ${archive === null ? '' : 'preserved copies or '}simulated records instead: spacex-pipeline run --or-sandbox`
      : archive === null
        ? `Check the network and sources.${name}.baseUrl, or try again later.`
        : 'Load preserved copies instead: spacex-pipeline run --from archive';
  return new PipelineError(`Cannot reach ${maskUrl(url)}: ${reason}`, { code: 'source', hint });
}

/** The scope of a run that pulls incrementally. Throws `usage` if the source has no such address. */
export function scopeOfChoice(loaded: LoadedSource, choice: SourceChoice, now: number): string {
  const address = addressOf(loaded, choice, now);
  const name = address.kind === 'sandbox' ? address.kind : address.name;
  return scopeOf(name, pullingOf(loaded.config).narrowedTo);
}

/**
 * Why the sandbox cannot be the fallback: there is no stand-in, or the user chose an address, a day or a database. Null
 * if it can.
 */
function whyNoFallback(
  { config, isDefault }: LoadedSource,
  { asOf, from }: Pick<SourceChoice, 'asOf' | 'from'>,
): string | null {
  if (!config.source.hasStandIn) return `${config.source.name} has no stand-in`;
  if (from !== null && from !== 'archive' && from !== 'live') return 'an address was specified';
  if (asOf !== null) return 'a day was specified';
  if (config.database.url !== null) return 'a database is configured';
  return isDefault('baseUrl') && isDefault('archiveUrl') ? null : 'an address is configured';
}

type Place = { readonly name: string; readonly url: string };

type Address =
  | { readonly kind: 'sandbox' }
  /** `until` is the last day from which a recording may be used; null for any day. */
  | (Place & { readonly kind: 'archive'; readonly archive: Archive; readonly until: string | null })
  | (Place & { readonly kind: 'api'; readonly setting: string });

function addressOf(loaded: LoadedSource, { asOf, from }: SourceChoice, now: number): Address {
  const { config, isDefault } = loaded;
  const { archive, defaultAddress, hasStandIn, name } = config.source;
  // A user who configures a different API wants to pull from that API.
  const word = from ?? (asOf !== null ? 'archive' : isDefault('baseUrl') ? defaultAddress : 'live');
  const day = archiveDay(word, asOf, now);
  if (day !== null || word === 'archive') {
    const { archiveUrl } = config.settings;
    if (archive === null || archiveUrl === undefined) throw noArchive(name);
    if (day === null) return { kind: 'archive', archive, name: 'archive', url: archiveUrl, until: null };
    const url = asOfDay(archiveUrl, day) ?? archiveUrl;
    return { kind: 'archive', archive, name: addressOfDay(day), url, until: day };
  }
  if (asOf !== null) {
    throw new PipelineError(
      `Cannot use --as-of ${asOf}: only preserved copies can be selected by date, and ${word} is not an archive`,
      {
        code: 'usage',
        hint: 'Use --from archive, or omit --as-of.',
      },
    );
  }
  if (word === 'sandbox') {
    if (!hasStandIn) throw noStandIn(name);
    return { kind: 'sandbox' };
  }
  if (word === 'live') {
    const { baseUrl } = config.settings;
    const setting = `sources.${name}.baseUrl`;
    return { kind: 'api', name: isDefault('baseUrl') ? 'live' : maskUrl(baseUrl), url: baseUrl, setting };
  }
  if (!isHttpUrl(word)) {
    throw new PipelineError(
      `Cannot use --from ${JSON.stringify(maskUrl(word))}: it is not archive, live, sandbox or an http(s) URL without a query${meantBy(word)}`,
      { code: 'usage', hint: 'Use --from archive, --from live, --from sandbox or --from https://…' },
    );
  }
  const baseUrl = word.replace(/\/+$/, '');
  return { kind: 'api', name: maskUrl(baseUrl), url: baseUrl, setting: '--from' };
}

function meantBy(word: string): string {
  const meant = suggest(word, ADDRESSES);
  return meant === null ? '' : `; did you mean ${meant}?`;
}

function noArchive(source: string): PipelineError {
  return new PipelineError(`Cannot pull ${source} from an archive: it has no preserved copies`, {
    code: 'usage',
    hint: 'Use --from live.',
  });
}

function noStandIn(source: string): PipelineError {
  return new PipelineError(`Cannot pull ${source} from the sandbox: it has no stand-in`, {
    code: 'usage',
    hint: 'Use --from live, or --from with the base URL of an API.',
  });
}

/** Whether the address contained a login that the configuration does not have. Logins are never stored. */
export function isLoginLost({ settings: { baseUrl } }: SourceConfig, name: string): boolean {
  return name.includes('***') && name !== maskUrl(baseUrl);
}

/** The hint that explains how to continue the run. */
export function resumeHint(config: SourceConfig, name: string, runId: string): string {
  const command = `spacex-pipeline resume ${runId}`;
  return isLoginLost(config, name)
    ? `Set ${sourceVariable(config.source.name, 'baseUrl')} to the URL with its login, and continue with: ${command}`
    : `Continue with: ${command}`;
}

async function openSandbox(loaded: LoadedSource, deps: SourceDeps): Promise<OpenSource> {
  const { startStandIn } = await import('../sandbox/stand-in.ts');
  const sandbox = await startStandIn(loaded.config.source.name);
  // The sandbox needs no rate limit.
  const own = loaded.isDefault('requestsPerSecond') ? { requestsPerSecond: Infinity } : {};
  const upstream = openApi(loaded, { name: 'sandbox', url: sandbox.url, setting: '--from' }, deps, own);
  return {
    upstream,
    keepsOthers: false,
    dataDir: dataDirOf(loaded.config, 'sandbox'),
    async close() {
      await upstream.close();
      await sandbox.close();
    },
  };
}

function openApi(
  { config, isDefault }: LoadedSource,
  { name, setting, url }: Omit<Extract<Address, { readonly kind: 'api' }>, 'kind'>,
  { clock, log, runtime: { budgets } }: SourceDeps,
  own: { readonly requestsPerSecond?: number } = {},
): ClosingUpstream {
  const { settings, source } = config;
  return openHttpUpstream({
    ...settings,
    auth: authAt(url, config),
    quota: source.quota,
    // A configured rate must never be exceeded, so no burst is allowed.
    ...(isDefault('requestsPerSecond') || !isDefault('burst') ? {} : { burst: 1 }),
    ...own,
    address: name,
    setting,
    ...(name === 'live' && source.archive !== null ? { otherwise: COPIES } : {}),
    baseUrl: url,
    userAgent: USER_AGENT,
    budgets,
    clock,
    log,
    random: Math.random,
  });
}

/** The token is only for the configured API, not for other addresses that the user names. */
function authAt(url: string, { settings, source }: SourceConfig): Token | null {
  const { auth, name } = source;
  if (auth === null || new URL(url).origin !== new URL(settings.baseUrl).origin) return null;
  return { ...auth, token: settings.token ?? null, setting: `sources.${name}.token` };
}

const COPIES = ' For preserved copies, use --from archive.';

function openCopies(
  { config, isDefault }: LoadedSource,
  { archive, name, until, url }: Extract<Address, { readonly kind: 'archive' }>,
  { clock, log, runtime: { budgets } }: SourceDeps,
): ClosingUpstream {
  const { settings, source } = config;
  const { copies, headersTimeoutSeconds, pacing } = archive;
  const keyOf = (setting: string): string => `sources.${source.name}.${setting}`;
  return openArchive({
    ...settings,
    headersTimeoutSeconds: isDefault('headersTimeoutSeconds')
      ? headersTimeoutSeconds
      : settings.headersTimeoutSeconds,
    address: name,
    copies,
    until,
    // A stand-in on this machine needs no rate limit.
    pacing: isLoopback(new URL(url).hostname)
      ? { ...pacing, requestsPerSecond: settings.requestsPerSecond }
      : pacing,
    archiveUrl: url,
    recordingsUrl: settings.recordingsUrl === '' ? null : (settings.recordingsUrl ?? null),
    settings: { archiveUrl: keyOf('archiveUrl'), recordingsUrl: keyOf('recordingsUrl') },
    userAgent: USER_AGENT,
    budgets,
    clock,
    log,
    random: Math.random,
  });
}
