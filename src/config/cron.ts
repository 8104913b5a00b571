import { CronExpressionParser } from 'cron-parser';
import cronstrue from 'cronstrue';

import { nextTick } from '../lib/ticks.ts';
import { showFound } from './value.ts';

const FIELDS = ['minute', 'hour', 'day of the month', 'month', 'day of the week'] as const;
const ALIASES = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'] as const;

/** What is wrong with a cron expression of five fields, or null. */
export function cronFault(expression: string): string | null {
  const found = `found ${showFound(expression)}`;
  if (expression.trim().startsWith('@')) {
    if (ALIASES.some((alias) => alias === expression.trim())) return null;
    return `must be a cron expression of five fields or one of ${ALIASES.join(', ')}, ${found}`;
  }
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    const shorter =
      fields.length === FIELDS.length + 1
        ? `; did you mean ${JSON.stringify(fields.slice(1).join(' '))}?`
        : '';
    return `must be a cron expression of five fields (${FIELDS.join(', ')}), ${found} with ${fields.length}${shorter}`;
  }
  for (const [index, field] of fields.entries()) {
    const alone = FIELDS.map((_, at) => (at === index ? field : '*')).join(' ');
    const fault = parseFault(alone);
    if (fault !== null)
      return `must be a cron expression, ${found}: its ${FIELDS[index]} ${showFound(field)} is wrong (${fault})`;
  }
  const fault = parseFault(expression) ?? never(expression);
  return fault === null ? null : `must be a cron expression, ${found}: ${fault}`;
}

function parseFault(expression: string): string | null {
  try {
    CronExpressionParser.parse(expression, { tz: 'UTC' });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Some expressions name a day that no month has. */
function never(expression: string): string | null {
  return nextTick(expression, 'UTC', new Date()) === null ? 'it names no moment' : null;
}

/** `At 04:20, UTC` */
export function describeSchedule(expression: string, timezone: string): string {
  const words = cronstrue.toString(expression, { use24HourTimeFormat: true });
  return `${words}, ${timezone}`;
}
