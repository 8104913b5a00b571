import { collectionOf, type Collection } from '../collection.ts';
import { isoSeconds } from '../iso-time.ts';
import { coresFor, flightsOfCore, type CoreFlight, type Fate } from '../universe/boosters.ts';
import { EARLY, launchSeconds } from '../universe/seasons.ts';
import type { Universe } from '../universe/universe.ts';

export function createCores(universe: Universe): Collection {
  const { ids, known, seasons } = universe;
  return collectionOf('cores', ids.core, coresFor(seasons, known), (core, id) =>
    coreRecord(universe, core, id),
  );
}

function coreRecord({ seed, seasons, past, ids }: Universe, core: number, id: string): object {
  const flown = flightsOfCore(seed, seasons, core).filter(({ mission }) => mission.launch < past);
  const flights = flown.map(({ flight }) => flight);
  const last = flown.at(-1);
  const landings = (type: string, landed: boolean): number =>
    flights.filter((flight) => flight.landing === type && (!landed || flight.landed === true)).length;
  return {
    block: core < EARLY ? null : Math.min(5, 1 + Math.floor(core / 20)),
    reuse_count: Math.max(0, flights.length - 1),
    rtls_attempts: landings('RTLS', false),
    rtls_landings: landings('RTLS', true),
    asds_attempts: landings('ASDS', false),
    asds_landings: landings('ASDS', true),
    last_update: last === undefined ? null : updateOf(last.flight, launchSeconds(seed, last.mission.launch)),
    launches: flown.map(({ mission }) => ids.launch.at(mission.launch)),
    serial: core < EARLY ? `SIM-Finch${core + 1}` : `SIM${1000 + core}`,
    status: statusOf(last?.flight.fate ?? null),
    id,
  };
}

function statusOf(fate: Fate | null): string {
  if (fate === null) return 'active';
  return fate === 'failure' || fate === 'ocean' ? 'lost' : fate;
}

/** Free text, sometimes with a trailing space, as in real records. */
function updateOf({ core, fate, landing, landed }: CoreFlight, seconds: number): string | null {
  if (core % 9 === 0) return null;
  const day = isoSeconds(seconds).slice(0, 10);
  const space = core % 7 === 0 ? ' ' : '';
  if (fate === 'expended') return `Simulated: expended${space}`;
  if (fate === 'failure') return `Simulated: lost with its launch on ${day}${space}`;
  return `Simulated: ${landed === true ? 'landed' : 'broke up'} (${landing}) on ${day}${space}`;
}
