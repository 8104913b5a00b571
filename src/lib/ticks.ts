import { CronExpressionParser } from 'cron-parser';

/** The first tick of a cron expression after a time; null if there is none. */
export function nextTick(expression: string, timezone: string, after: Date): Date | null {
  return found(() => parse(expression, timezone, after).next().toDate());
}

/** The last tick up to a time, found by searching backwards. */
export function lastTick(expression: string, timezone: string, until: Date): Date | null {
  return found(() =>
    parse(expression, timezone, new Date(until.getTime() + 1))
      .prev()
      .toDate(),
  );
}

/**
 * The longer of two intervals, in seconds: between the last two ticks before a time, and around that time. A schedule
 * may skip nights and weekends. Null if there are no two ticks.
 */
export function tickGap(expression: string, timezone: string, at: Date): number | null {
  return found(() => {
    const ticks = parse(expression, timezone, at);
    const [last, before] = [ticks.prev().getTime(), ticks.prev().getTime()];
    const next = nextTick(expression, timezone, at)?.getTime() ?? last;
    return Math.max(last - before, next - last) / 1000;
  });
}

function parse(expression: string, timezone: string, currentDate: Date) {
  return CronExpressionParser.parse(expression, { tz: timezone, currentDate });
}

/** Null if there is no such tick. */
function found<T>(search: () => T): T | null {
  try {
    return search();
  } catch {
    return null;
  }
}

/** How late a tick may still start its job. */
const DUE_MS = 60_000;
/** Daylight saving time shifts clocks by less than this. */
const CHANGE_MS = 3 * 3_600_000;

/** The ticks up to a time, found by searching forwards from some hours before. */
function ticksUntil(expression: string, timezone: string, until: Date): readonly Date[] {
  const ticks: Date[] = [];
  found(() => {
    const iterator = parse(expression, timezone, new Date(until.getTime() - CHANGE_MS));
    for (let tick = iterator.next().toDate(); tick <= until; tick = iterator.next().toDate())
      ticks.push(tick);
  });
  return ticks;
}

/**
 * A current tick that a backwards search does not find: when clocks go forward, a tick in the hour that does not exist
 * comes an hour later in the new time.
 */
export function skippedTick(expression: string, timezone: string, at: Date): Date | null {
  const tick = ticksUntil(expression, timezone, at).at(-1);
  if (tick === undefined || at.getTime() - tick.getTime() > DUE_MS) return null;
  const last = lastTick(expression, timezone, at);
  return last === null || last < tick ? tick : null;
}

/** Is the last tick a repetition of one that ran an hour earlier, before the clocks went back? */
export function isRepeatedTick(expression: string, timezone: string, at: Date): boolean {
  const last = lastTick(expression, timezone, at);
  if (last === null || at.getTime() - last.getTime() > 2 * DUE_MS) return false;
  return !ticksUntil(expression, timezone, last).some((tick) => tick.getTime() === last.getTime());
}
