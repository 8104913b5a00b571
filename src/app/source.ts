import { join } from 'node:path';

import { openHttpUpstream } from '../adapters/http/upstream.ts';
import type { Config, LoadedConfig } from '../config/load.ts';
import { isHttpUrl } from '../config/value.ts';
import { PipelineError } from '../core/errors.ts';
import type { Clock, Log, Upstream } from '../core/ports.ts';
import type { Source } from '../core/source.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { startSandbox } from '../sandbox/server.ts';
import { defaultSource } from '../sources/index.ts';
import { VERSION } from './version.ts';

export type OpenSource = {
  readonly source: Source;
  readonly upstream: Upstream;
  /** Does a run from there let be what another address has published? */
  readonly keepsOthers: boolean;
  /** The data folder that its runs belong to. */
  readonly dataDir: string;
  readonly close: () => Promise<void>;
};

export type SourceChoice = {
  /** `live`, `sandbox`, a base URL, or null for what is configured. */
  readonly name: string | null;
  readonly orSandbox: boolean;
};

export type SourceDeps = { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal };

/**
 * Opens the source of a run, without a request. With `orSandbox`, and where neither database nor base URL is configured,
 * an address that cannot be reached gives way to the sandbox.
 */
export async function openSource(
  loaded: LoadedConfig,
  choice: SourceChoice,
  deps: SourceDeps,
): Promise<OpenSource> {
  const { config } = loaded;
  if (choice.name === 'sandbox') return openSandbox(loaded, deps);
  const { name, baseUrl } = addressOf(loaded, choice.name);
  const upstream = openSourceAt(loaded, name, baseUrl, deps);
  const reason = choice.orSandbox && mayFallBack(loaded, choice) ? await upstream.reach(deps.signal) : null;
  if (reason !== null) {
    await upstream.close();
    deps.log.warn(
      `Cannot use ${maskUrl(baseUrl)}: ${reason}. Running on the built-in sandbox API instead: its data are simulated.`,
    );
    return openSandbox(loaded, deps);
  }
  return {
    source: defaultSource,
    upstream,
    keepsOthers: false,
    dataDir: config.dataDir,
    close: () => upstream.close(),
  };
}

/** Nothing falls back where somebody said which source or database they mean. */
function mayFallBack({ config, origins }: LoadedConfig, choice: SourceChoice): boolean {
  const configured = choice.name !== null && choice.name !== 'live';
  return !configured && config.database.url === null && origins['source.baseUrl'] === 'default';
}

function addressOf(
  { config, origins }: LoadedConfig,
  name: string | null,
): { name: string; baseUrl: string } {
  if (name === null || name === 'live') {
    const { baseUrl } = config.source;
    return { name: origins['source.baseUrl'] === 'default' ? 'live' : maskUrl(baseUrl), baseUrl };
  }
  if (!isHttpUrl(name)) {
    throw new PipelineError(
      `Cannot use --source ${JSON.stringify(maskUrl(name))}: it is neither live, sandbox nor an http(s) URL without query`,
      {
        code: 'usage',
        hint: 'Give --source live, --source sandbox or --source https://…',
      },
    );
  }
  const baseUrl = name.replace(/\/+$/, '');
  return { name: maskUrl(baseUrl), baseUrl };
}

/** Had the address a login that the configuration has not? It is kept nowhere. */
export function isLoginLost({ source: { baseUrl } }: Config, name: string): boolean {
  return name.includes('***') && name !== maskUrl(baseUrl);
}

/** The hint for a run on that source that can be gone on with. */
export function howToResume(config: Config, name: string, runId: string): string {
  const command = `spacex-pipeline resume ${runId}`;
  return isLoginLost(config, name)
    ? `Give the source and its login as SPACEX_PIPELINE_BASE_URL, and go on with: ${command}`
    : `Go on with: ${command}`;
}

async function openSandbox(loaded: LoadedConfig, deps: SourceDeps): Promise<OpenSource> {
  const sandbox = await startSandbox({});
  // Nobody has to be spared there.
  const own = loaded.origins['source.requestsPerSecond'] === 'default' ? { requestsPerSecond: Infinity } : {};
  const upstream = openSourceAt(loaded, 'sandbox', sandbox.url, deps, own);
  return {
    source: defaultSource,
    upstream,
    keepsOthers: false,
    dataDir: join(loaded.config.dataDir, 'sandbox'),
    async close() {
      await upstream.close();
      await sandbox.close();
    },
  };
}

function openSourceAt(
  { config, origins }: LoadedConfig,
  name: string,
  baseUrl: string,
  { clock, log }: SourceDeps,
  own: { readonly requestsPerSecond?: number } = {},
) {
  return openHttpUpstream({
    ...config.source,
    // Who sets a rate of their own means it for each moment.
    burst: origins['source.requestsPerSecond'] === 'default' ? defaultSource.pacing.burst : 1,
    ...own,
    address: name,
    baseUrl,
    userAgent: `spacex-pipeline/${VERSION}`,
    clock,
    log,
    random: Math.random,
  });
}
