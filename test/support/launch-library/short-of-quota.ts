import { startLaunchLibrary, type LaunchLibrary } from '../../../src/sandbox/launch-library/server.ts';
import { createChangingWorld, simulatedLaunches } from './changing-world.ts';

/**
 * Three launches and one request an hour. A run that asks for pages of two gets one page; that it asks what is left for
 * the third time, as the run after it does, is an hour later.
 */
export function startShortOfQuota(): Promise<LaunchLibrary> {
  let now = Date.now();
  let asked = 0;
  return startLaunchLibrary({
    world: createChangingWorld(simulatedLaunches(3)),
    requestsPerWindow: 1,
    clock: { now: () => now },
    beforeAnswer(path) {
      if (path.includes('api-throttle') && ++asked === 3) now += 3_600_000;
    },
  });
}
