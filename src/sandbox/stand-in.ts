import { PipelineError } from '../core/errors.ts';
import { LAUNCH_LIBRARY } from './launch-library/name.ts';

/** A server that replaces a source's own API and serves simulated records. */
export type StandIn = {
  /** The base URL, without a trailing slash. */
  readonly url: string;
  readonly close: () => Promise<void>;
};

/**
 * Starts the stand-in for a source. Throws `internal` if the source does not have one, which means that its definition
 * is wrong.
 */
export async function startStandIn(source: string): Promise<StandIn> {
  if (source === LAUNCH_LIBRARY) {
    const { startLaunchLibrary } = await import('./launch-library/server.ts');
    const { baseUrl, close } = await startLaunchLibrary();
    return { url: baseUrl.replace(/\/$/, ''), close };
  }
  if (source === 'spacex') {
    const { startSandbox } = await import('./server.ts');
    return startSandbox();
  }
  throw new PipelineError(`Cannot start the stand-in for ${source}: this source does not have one`, {
    code: 'internal',
  });
}
