import { CronExpressionParser } from 'cron-parser';

/** The first tick of a cron expression after a time; null if there is none. */
export function nextTick(expression: string, timezone: string, after: Date): Date | null {
  return found(() => parse(expression, timezone, after).next().toDate());
}

/** The last tick at or before a time, found by searching backward; null if there is none. */
export function lastTick(expression: string, timezone: string, until: Date): Date | null {
  return found(() =>
    parse(expression, timezone, new Date(until.getTime() + 1))
      .prev()
      .toDate(),
  );
}

/**
 * The longer of two intervals, in seconds: the interval between the last two ticks before a time, and the interval that
 * contains that time. They differ if a schedule skips nights or weekends. Null if there are not enough ticks.
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

/** Returns null if there is no such tick. */
function found<T>(search: () => T): T | null {
  try {
    return search();
  } catch {
    return null;
  }
}

/** How late a tick can be and still start its job. */
const DUE_MS = 60_000;
/** Daylight saving time shifts clocks by less than this. */
const CHANGE_MS = 3 * 3_600_000;

/** The ticks up to a time, found by searching forward from a few hours before it. */
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
 * A tick that is expected now but that a backward search does not find; null if there is none. When clocks go forward,
 * a tick in the skipped hour is moved to the next hour.
 */
export function skippedTick(expression: string, timezone: string, at: Date): Date | null {
  const tick = ticksUntil(expression, timezone, at).at(-1);
  if (tick === undefined || at.getTime() - tick.getTime() > DUE_MS) return null;
  const last = lastTick(expression, timezone, at);
  return last === null || last < tick ? tick : null;
}

/** True if the last tick repeats a tick that ran an hour earlier, before the clocks went back. */
export function isRepeatedTick(expression: string, timezone: string, at: Date): boolean {
  const last = lastTick(expression, timezone, at);
  if (last === null || at.getTime() - last.getTime() > 2 * DUE_MS) return false;
  return !ticksUntil(expression, timezone, last).some((tick) => tick.getTime() === last.getTime());
}
