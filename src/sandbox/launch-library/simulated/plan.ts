import { roll } from '../../random.ts';
import { DAY, HOUR, type Moment } from './timeline.ts';

type Named = {
  readonly id: number;
  readonly name: string;
  readonly abbrev: string;
  readonly description: string;
};

/** The known time and outcome of a launch. */
export type Plan = {
  readonly status: Named;
  readonly net: number;
  readonly precision: Named;
  readonly windowMilliseconds: number;
  readonly probability: number | null;
  readonly weather: string | null;
  readonly failure: string;
};

const SLIP = 61;
const END = 62;
const WEATHER = 63;

/**
 * The time is coarse at first (the end of a period) and becomes more precise. On the day of the launch, there may be a
 * hold.
 */
export function planOf(seed: number, moment: Moment): Plan {
  const { slot, flight, revision, revised, stage } = moment;
  const left = flight - revised;
  const weather = roll(seed, slot * 64 + revision, WEATHER);
  const isNear = stage > 0 || left < 4 * DAY;
  const known = {
    windowMilliseconds: isNear ? HOUR * (weather % 4) : 0,
    probability: isNear && weather % 3 > 0 ? 50 + (weather % 10) * 5 : null,
    weather: isNear && weather % 3 === 2 ? 'Simulated Cumulus Cloud Rule' : null,
    failure: '',
  };
  if (stage > 0) return { ...known, ...ending(seed, moment), net: flight, precision: PRECISIONS.second };
  const slipped = flight + DAY * (roll(seed, slot * 64 + (revision >> 1), SLIP) % 6);
  if (left > 45 * DAY) {
    return { ...known, status: STATUSES.tbd, net: endOfMonth(slipped), precision: PRECISIONS.month };
  }
  if (left > 12 * DAY) {
    return { ...known, status: STATUSES.tbc, net: startOfDay(slipped), precision: PRECISIONS.day };
  }
  const net = left > 4 * DAY ? flight + HOUR * (weather % 30) : flight;
  const status = isNear && weather % 9 === 0 ? STATUSES.hold : STATUSES.go;
  return { ...known, status, net, precision: isNear ? PRECISIONS.minute : PRECISIONS.hour };
}

function ending(
  seed: number,
  { slot, stage }: Moment,
): { readonly status: Named; readonly failure?: string } {
  const lot = roll(seed, slot, END) % 50;
  if (stage === 1) return { status: STATUSES.inFlight };
  if (stage === 2) return { status: lot % 3 === 0 ? STATUSES.deployed : STATUSES.inFlight };
  if (lot === 0) return { status: STATUSES.partial, failure: 'Simulated: one of two payloads was lost.' };
  return lot < 3
    ? { status: STATUSES.failure, failure: 'Simulated loss of pressure in the upper stage tank.' }
    : { status: STATUSES.success };
}

function endOfMonth(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - DAY;
}

function startOfDay(time: number): number {
  return time - (time % DAY);
}

const STATUSES = {
  go: named(1, 'Go for Launch', 'Go'),
  tbd: named(2, 'To Be Determined', 'TBD'),
  success: named(3, 'Launch Successful', 'Success'),
  failure: named(4, 'Launch Failure', 'Failure'),
  hold: named(5, 'On Hold', 'Hold'),
  inFlight: named(6, 'Launch in Flight', 'In Flight'),
  partial: named(7, 'Launch was a Partial Failure', 'Partial Failure'),
  tbc: named(8, 'To Be Confirmed', 'TBC'),
  deployed: named(9, 'Payload Deployed', 'Deployed'),
};

const PRECISIONS = {
  second: named(0, 'Second', 'SEC'),
  minute: named(1, 'Minute', 'MIN'),
  hour: named(2, 'Hour', 'HR'),
  day: named(5, 'Day', 'DAY'),
  month: named(7, 'Month', 'M'),
};

function named(id: number, name: string, abbrev: string): Named {
  return { id, name, abbrev, description: `Simulated: ${name}.` };
}
