import { startLaunchLibrary, type LaunchLibrary } from '../../../src/sandbox/launch-library/server.ts';
import { createChangingWorld, simulatedLaunches } from './changing-world.ts';

/**
 * Starts a stand-in with three launches and a quota of one request per hour. With two launches per page, a run can
 * fetch only one page. By the third request for the remaining quota, which the next run sends, an hour has passed.
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
