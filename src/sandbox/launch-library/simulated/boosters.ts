import { roll } from '../../random.ts';
import type { LaunchRecord } from '../world.ts';
import { launchId, launchName, duration, isoTime } from './names.ts';
import { API, celestialBody, image, rocketOf } from './places.ts';
import { DAY, flightOf, type Moment } from './timeline.ts';

const POOL = 9;
/** The number of flights of a booster before the next one replaces it. */
const FLIGHTS = 20;
const LANDED = 41;
const OTHER_SIDES = 2;

/** A flight of a booster: the booster's number and the flight's number. */
type Flight = { readonly booster: number; readonly flight: number; readonly previous: number | null };

/** The first stages of a launch, ordered by record age, oldest first. */
export function launcherStages(seed: number, first: number, moment: Moment): readonly LaunchRecord[] {
  const { cores } = rocketOf(moment.slot);
  const core = cores === 0 ? [] : [stage(seed, first, moment, 0, flightOfCore(moment.slot))];
  const sides = Array.from({ length: cores > 1 ? OTHER_SIDES : 0 }, (_, side) =>
    stage(seed, first, moment, side + 1, {
      booster: 5000 + 2 * Math.abs(moment.slot) + side,
      flight: 1,
      previous: null,
    }),
  );
  return [...core, ...sides];
}

function stage(
  seed: number,
  first: number,
  moment: Moment,
  side: number,
  { booster, flight, previous }: Flight,
): LaunchRecord {
  const { slot } = moment;
  const isKnown = moment.revised > moment.flight - 20 * DAY;
  const before = isKnown && previous !== null ? flightOf(seed, previous) : null;
  const flown = flight - (moment.stage >= 1 ? 0 : 1);
  return {
    id: 10_000_000 + 4 * slot + side,
    type: side === 0 ? 'Core' : 'Strap-On Booster',
    reused: isKnown ? flight > 1 : null,
    launcher_flight_number: isKnown ? flight : null,
    launcher: {
      response_mode: 'normal',
      id: isKnown ? 20_000 + booster : 19_999,
      url: `${API}/launchers/${isKnown ? 20_000 + booster : 19_999}/`,
      flight_proven: isKnown && flown > 0,
      serial_number: isKnown ? `S${1000 + booster}` : 'Unknown H9',
      is_placeholder: !isKnown,
      status: isKnown ? { id: 3, name: 'active' } : { id: 1, name: 'unknown' },
      image: image(20_000 + booster, 'A simulated booster'),
      details: 'Simulated.',
      successful_landings: isKnown ? flown : null,
      attempted_landings: isKnown ? flown : null,
      flights: isKnown ? flown : null,
      last_launch_date: before === null ? null : isoTime(before),
      first_launch_date: before === null ? null : isoTime(before),
      fastest_turnaround: before === null ? null : duration(moment.flight - before),
    },
    previous_flight_date: before === null ? null : isoTime(before),
    turn_around_time: before === null ? null : duration(moment.flight - before),
    landing: landing(seed, moment, side),
    previous_flight:
      before === null || previous === null || previous < first
        ? null
        : {
            id: launchId(seed, previous),
            url: `${API}/launches/${launchId(seed, previous)}/`,
            name: launchName(previous),
          },
  };
}

function landing(seed: number, { slot, stage: done }: Moment, side: number): LaunchRecord {
  const lot = roll(seed, 4 * slot + side, LANDED);
  const attempt = lot % 12 !== 0;
  const atSea = lot % 4 !== 1;
  const sea = { id: 1, name: 'Drone Ship', abbrev: 'ASDS', description: 'Simulated landing at sea.' };
  const land = { id: 2, name: 'Return to Launch Site', abbrev: 'RTLS', description: 'Simulated landing.' };
  const expended = { id: 7, name: 'Expended', abbrev: 'EXP', description: 'Simulated.' };
  const type = atSea ? sea : land;
  return {
    id: 30_000_000 + 4 * slot + side,
    url: `${API}/landings/${30_000_000 + 4 * slot + side}/`,
    attempt,
    success: attempt && done >= 4 ? lot % 30 !== 7 : null,
    description: 'Simulated.',
    downrange_distance: atSea && attempt ? 612.5 : null,
    landing_location: landingLocation(atSea),
    type: attempt ? type : expended,
  };
}

function landingLocation(atSea: boolean): LaunchRecord {
  return {
    id: atSea ? 900_701 : 900_702,
    name: atSea ? 'Simulated Drone Ship' : 'Simulated Landing Zone',
    active: true,
    abbrev: atSea ? 'SDS' : 'SLZ',
    description: 'Simulated.',
    location: null,
    longitude: atSea ? null : -66.82,
    latitude: atSea ? null : 18.04,
    image: null,
    successful_landings: 40,
    attempted_landings: 41,
    failed_landings: 1,
    celestial_body: celestialBody(),
  };
}

/** One agency has the first three of every five launches. */
function flightOfCore(slot: number): Flight {
  const five = Math.floor(slot / 5);
  const ordinal = 3 * five + (slot - 5 * five);
  const turn = Math.floor(ordinal / (POOL * FLIGHTS));
  const place = ordinal - turn * POOL * FLIGHTS;
  const flight = Math.floor(place / POOL) + 1;
  const earlier = ordinal - POOL;
  const previous = 5 * Math.floor(earlier / 3) + (earlier - 3 * Math.floor(earlier / 3));
  return {
    booster: 1000 + turn * POOL + (place % POOL),
    flight,
    previous: flight === 1 ? null : previous,
  };
}
