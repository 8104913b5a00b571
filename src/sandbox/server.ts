import { createHandler } from './handler.ts';
import { createRequestLog, type SandboxRequest } from './request-log.ts';
import { serve, type Served } from './serve.ts';
import { readPort, readWorld, type WorldOptions } from './world.ts';

export type SandboxOptions = WorldOptions & {
  /** Default: 0, for any free port. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** See FAULTS_HELP. */
  readonly faults?: string | undefined;
};

export type Sandbox = Served & {
  /** The most recent thousand requests, oldest first. */
  readonly requests: () => readonly SandboxRequest[];
};

const LOGGED_REQUESTS = 1000;
const MOST_LAUNCHES = 100_000_000;

/**
 * Serves simulated records as the SpaceX API serves real ones. Throws PipelineError `usage` if an option is invalid or
 * the address is unavailable.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', faults = '' } = options;
  const port = readPort(options.port);
  const { seed, launches, revision } = readWorld(options, MOST_LAUNCHES);
  const handler = createHandler(seed, launches, revision, faults);
  const log = createRequestLog(LOGGED_REQUESTS);
  const served = await serve(
    (request, response, signal) => {
      log.add(request, response);
      return handler(request, response, signal);
    },
    { port, host, marked: true },
  );
  return { ...served, requests: log.list };
}
