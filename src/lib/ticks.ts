import { CronExpressionParser } from 'cron-parser';

/** The first tick of a cron expression after a moment; null where there is none. */
export function nextTick(expression: string, timezone: string, after: Date): Date | null {
  try {
    return CronExpressionParser.parse(expression, { tz: timezone, currentDate: after }).next().toDate();
  } catch {
    return null;
  }
}

/** The last tick up to a moment, as one finds it who looks backwards. */
function lastTick(expression: string, timezone: string, until: Date): Date | null {
  try {
    const currentDate = new Date(until.getTime() + 1);
    return CronExpressionParser.parse(expression, { tz: timezone, currentDate }).prev().toDate();
  } catch {
    return null;
  }
}

/**
 * The longer of the two waits around a moment, in seconds: from tick to tick before it, and over it. A schedule may leave
 * out nights and weekends. Null where there are no two ticks.
 */
export function tickGap(expression: string, timezone: string, at: Date): number | null {
  try {
    const ticks = CronExpressionParser.parse(expression, { tz: timezone, currentDate: at });
    const [last, before] = [ticks.prev().getTime(), ticks.prev().getTime()];
    const next = nextTick(expression, timezone, at)?.getTime() ?? last;
    return Math.max(last - before, next - last) / 1000;
  } catch {
    return null;
  }
}

/** How long a tick stays due. */
const DUE_MS = 60_000;
/** Clocks are put forward and back by less. */
const CHANGE_MS = 3 * 3_600_000;

/** The ticks up to a moment as a clock comes to them that began some hours before. */
function ticksUntil(expression: string, timezone: string, until: Date): readonly Date[] {
  const currentDate = new Date(until.getTime() - CHANGE_MS);
  const found: Date[] = [];
  try {
    const ticks = CronExpressionParser.parse(expression, { tz: timezone, currentDate });
    for (let tick = ticks.next().toDate(); tick <= until; tick = ticks.next().toDate()) found.push(tick);
  } catch {
    // There is none after these.
  }
  return found;
}

/**
 * A tick that is due at a moment and that nobody finds who looks backwards: when the clocks go forward, one in the hour
 * that does not exist comes an hour later by their new time.
 */
export function skippedTick(expression: string, timezone: string, at: Date): Date | null {
  const tick = ticksUntil(expression, timezone, at).at(-1);
  if (tick === undefined || at.getTime() - tick.getTime() > DUE_MS) return null;
  const found = lastTick(expression, timezone, at);
  return found === null || found < tick ? tick : null;
}

/** Is the tick before a moment one that had its turn an hour ago, before the clocks went back? */
export function isRepeatedTick(expression: string, timezone: string, at: Date): boolean {
  const found = lastTick(expression, timezone, at);
  if (found === null || at.getTime() - found.getTime() > 2 * DUE_MS) return false;
  return !ticksUntil(expression, timezone, found).some((tick) => tick.getTime() === found.getTime());
}
