import { PipelineError } from '../../core/errors.ts';
import { createRequestLog, type SandboxRequest } from '../request-log.ts';
import { serve, type Served } from '../serve.ts';
import { readPort, readWorld } from '../world.ts';
import { createHandler } from './handler.ts';
import { createQuota } from './quota.ts';
import { readRecordsFile } from './records-file.ts';
import { createSimulatedWorld } from './simulated/world.ts';
import { createWorld, type LaunchWorld } from './world.ts';

export type LaunchLibraryOptions = {
  /** Default: 0, for any free port. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** See FAULTS_HELP. Requests that a fault answers do not count toward the quota. */
  readonly faults?: string | undefined;
  readonly seed?: number | undefined;
  /** The number of simulated launches at SIMULATED_FROM. More launches are announced as time passes. */
  readonly launches?: number | undefined;
  /** Replaces the simulated launches. */
  readonly world?: LaunchWorld | undefined;
  /**
   * A file of launches that replace the simulated ones (see `readRecordsFile`). Serves the newest record of each
   * launch, or the record that was current at `at`.
   */
  readonly records?: string | undefined;
  /** Stops the world at this time, in milliseconds since 1970. By default, the world follows the clock. */
  readonly at?: number | undefined;
  /** The number of seconds by which each request for launches advances the world. */
  readonly stepSeconds?: number | undefined;
  /** The clock of the world and of the quota. */
  readonly clock?: { readonly now: () => number } | undefined;
  readonly windowSeconds?: number | undefined;
  readonly requestsPerWindow?: number | undefined;
  /** The quota for requests with a token. */
  readonly tokenRequestsPerWindow?: number | undefined;
  /** Whether 429 responses have a `Retry-After` header. */
  readonly retryAfter?: boolean | undefined;
  /** The `Date` header for a time in the world; null for none. */
  readonly date?: ((time: number) => number | null) | undefined;
  /** Called before each response, with path and query. The response reflects any changes to the world or the clock. */
  readonly beforeAnswer?: ((path: string) => void | Promise<void>) | undefined;
  /** Whether to mark responses as simulated. */
  readonly marked?: boolean | undefined;
};

export type LaunchLibrary = Served & {
  /** Includes the version and a trailing slash. */
  readonly baseUrl: string;
  /** The latest thousand requests, oldest first, with their queries and without their headers. */
  readonly requests: () => readonly SandboxRequest[];
};

const LOGGED_REQUESTS = 1000;
const MOST_LAUNCHES = 20_000;

/**
 * Serves launches as Launch Library 2.3.0 does. Throws PipelineError `usage` if an option is invalid or the address is
 * unavailable.
 */
export async function startLaunchLibrary(options: LaunchLibraryOptions = {}): Promise<LaunchLibrary> {
  const {
    host = '127.0.0.1',
    clock = { now: Date.now },
    at,
    stepSeconds = 0,
    windowSeconds = 3600,
  } = options;
  const port = readPort(options.port);
  const { seed, launches } = readWorld(options, MOST_LAUNCHES);
  let answered = 0;
  const handler = createHandler({
    seed,
    faults: options.faults ?? '',
    world: options.world ?? (await openWorld(options, seed, launches)),
    time: () => (at ?? clock.now()) + answered * stepSeconds * 1000,
    limits: {
      quota: createQuota(clock.now, windowSeconds),
      windowSeconds,
      anonymous: options.requestsPerWindow ?? 15,
      withToken: options.tokenRequestsPerWindow ?? 300,
      retryAfter: options.retryAfter ?? true,
    },
    date: options.date ?? ((time) => time),
    beforeAnswer: options.beforeAnswer ?? (() => undefined),
    moveOn: () => void (answered += 1),
  });
  const log = createRequestLog(LOGGED_REQUESTS);
  const served = await serve(
    (request, response, signal) => {
      log.add(request, response);
      return handler(request, response, signal);
    },
    { port, host, marked: options.marked ?? true },
  );
  return { ...served, baseUrl: `${served.url}/2.3.0/`, requests: log.list };
}

async function openWorld(
  { records, at, launches: asked }: LaunchLibraryOptions,
  seed: number,
  launches: number,
): Promise<LaunchWorld> {
  if (records === undefined) return createSimulatedWorld(seed, launches);
  if (asked !== undefined) {
    throw new PipelineError('Cannot set the number of launches: the records file determines it', {
      code: 'usage',
    });
  }
  const world = createWorld((await readRecordsFile(records)).map((record) => ({ record })));
  return at === undefined ? { at: () => world.at(Infinity) } : world;
}
