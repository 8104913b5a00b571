import { startLaunchLibrary, type LaunchLibrary } from '../../../src/sandbox/launch-library/server.ts';
import { createChangingWorld, simulatedLaunches } from './changing-world.ts';

/**
 * Three launches and a quota of one request an hour. A run with pages of two gets one page. When the
 * remaining quota is requested for the third time, by the next run, an hour has passed.
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
