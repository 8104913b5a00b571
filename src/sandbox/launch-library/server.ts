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
  /** 0, the default, is any free port. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** See FAULTS_HELP. What a fault answers does not count as a request. */
  readonly faults?: string | undefined;
  readonly seed?: number | undefined;
  /** How many made-up launches stand at SIMULATED_FROM; later ones are announced as time passes. */
  readonly launches?: number | undefined;
  /** In place of made-up launches. */
  readonly world?: LaunchWorld | undefined;
  /** In place of made-up launches, see readRecordsFile; of each the newest, or what stood at `at`. */
  readonly records?: string | undefined;
  /** The time at which the world stands still, in milliseconds since 1970, in place of the clock's. */
  readonly at?: number | undefined;
  /** By how much each request for launches moves the world on. */
  readonly stepSeconds?: number | undefined;
  /** Of the world and of the quota. */
  readonly clock?: { readonly now: () => number } | undefined;
  readonly windowSeconds?: number | undefined;
  readonly requestsPerWindow?: number | undefined;
  /** With a token. */
  readonly tokenRequestsPerWindow?: number | undefined;
  /** Whether a 429 has `Retry-After`. */
  readonly retryAfter?: boolean | undefined;
  /** What `Date` says where the world stands at a time; null: nothing. */
  readonly date?: ((time: number) => number | null) | undefined;
  /** Before each answer, with path and query; what it does to the world or the clock is in the answer. */
  readonly beforeAnswer?: ((path: string) => void | Promise<void>) | undefined;
  /** Whether answers say that they are simulated. */
  readonly marked?: boolean | undefined;
};

export type LaunchLibrary = Served & {
  /** With the version and a slash at its end. */
  readonly baseUrl: string;
  /** The latest thousand, oldest first; with their queries, without their headers. */
  readonly requests: () => readonly SandboxRequest[];
};

const LOGGED_REQUESTS = 1000;
const MOST_LAUNCHES = 20_000;

/**
 * Serves launches as Launch Library 2.3.0 serves them. Throws PipelineError `usage` where an option is wrong or the
 * address cannot be had.
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
    throw new PipelineError(
      'Cannot serve as many launches as asked for: those of a file are as many as it has',
      {
        code: 'usage',
      },
    );
  }
  const world = createWorld((await readRecordsFile(records)).map((record) => ({ record })));
  return at === undefined ? { at: () => world.at(Infinity) } : world;
}
