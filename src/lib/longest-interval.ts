import { CronExpressionParser } from 'cron-parser';

const WATCHED_MS = 8 * 24 * 3_600_000;

/**
 * The longest time between two ticks of a cron expression, in seconds: of those in the week and a day after a moment, or
 * else of the first two. A schedule may leave out nights and weekends. Null where there are no two ticks.
 */
export function longestInterval(expression: string, timezone: string, after: Date): number | null {
  let before: number | null = null;
  let longest: number | null = null;
  for (const tick of ticksAfter(expression, timezone, after)) {
    if (before !== null) longest = Math.max(longest ?? 0, (tick - before) / 1000);
    if (longest !== null && tick > after.getTime() + WATCHED_MS) break;
    before = tick;
  }
  return longest;
}

function* ticksAfter(expression: string, timezone: string, after: Date): Generator<number> {
  try {
    const ticks = CronExpressionParser.parse(expression, { tz: timezone, currentDate: after });
    for (;;) yield ticks.next().getTime();
  } catch {
    // There is no further one.
  }
}
