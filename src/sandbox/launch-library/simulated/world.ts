import type { LaunchWorld, Listed } from '../world.ts';
import { launchRecord } from './launch.ts';
import { launchId, launchName } from './names.ts';
import { agencyOf } from './places.ts';
import { planOf } from './plan.ts';
import { flownBy, momentOf, slotsAt } from './timeline.ts';

/**
 * Launches that are announced, postponed, flown and sometimes canceled as time passes. The same seed, number and time
 * produce the same records, which are generated on demand.
 */
export function createSimulatedWorld(seed: number, launches: number): LaunchWorld {
  return {
    at(time) {
      const [first, last] = slotsAt(launches, time);
      const counts = { first, flown: flownBy(seed, launches, time) };
      const standing: Listed[] = [];
      for (let slot = first; slot <= last; slot += 1) {
        const moment = momentOf(seed, slot, time);
        if (moment === null) continue;
        standing.push({
          id: launchId(seed, slot),
          name: launchName(slot),
          net: planOf(seed, moment).net,
          updated: moment.updated,
          provider: agencyOf(slot).id,
          record: () => launchRecord(seed, moment, counts),
        });
      }
      return standing;
    },
  };
}
