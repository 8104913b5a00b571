import { roll } from '../random.ts';
import { coreFlight, seatCount, type CoreFlight } from '../universe/boosters.ts';
import type { Mission } from '../universe/missions.ts';
import type { Universe } from '../universe/universe.ts';

const FITTED = 61;
const NO_LANDING = '"landing_attempt":null,"landing_success":null,"landing_type":null,"landpad":null}';

/** The elements of `cores` for a launch that has flown or will fly soon. */
export function coresJson(universe: Universe, mission: Mission, first: CoreFlight): string {
  let list = coreJson(universe, mission, first);
  for (let seat = 1; seat < seatCount(mission); seat += 1) {
    list += `,${coreJson(universe, mission, coreFlight(universe.seed, mission, seat))}`;
  }
  return list;
}

/** Real launches often list the equipment of a core before it is known which core will fly. */
export function unknownCore({ seed }: Universe, launch: number): string {
  const fitted = roll(seed, launch, FITTED) % 2 === 0 ? 'true' : 'null';
  return `{"core":null,"flight":null,"gridfins":${fitted},"legs":${fitted},"reused":${fitted},${NO_LANDING}`;
}

function coreJson({ past, ids }: Universe, { launch, early }: Mission, flown: CoreFlight): string {
  const { core, flight, fate, landing, landed, landpad } = flown;
  const fitted = fate !== 'expended' && !early;
  const begin =
    `{"core":"${ids.core.at(core)}","flight":${flight},"gridfins":${fitted},"legs":${fitted},` +
    `"reused":${flight > 1},`;
  if (launch >= past) return begin + NO_LANDING;
  if (landing === null) {
    return `${begin}"landing_attempt":false,"landing_success":null,"landing_type":null,"landpad":null}`;
  }
  return (
    `${begin}"landing_attempt":true,"landing_success":${landed},"landing_type":"${landing}",` +
    `"landpad":${landpad === null ? 'null' : `"${ids.landpad.at(landpad)}"`}}`
  );
}
