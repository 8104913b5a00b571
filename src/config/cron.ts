import { CronExpressionParser } from 'cron-parser';
import cronstrue from 'cronstrue';

import { nextTick } from '../lib/ticks.ts';
import { suggest } from '../lib/suggest.ts';
import { didYouMean, showFound } from './value.ts';

type Field = { readonly name: string; readonly from: number; readonly to: number; readonly names?: string };

const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: 'JAN to DEC' },
  { name: 'day of the week', from: 0, to: 7, names: 'MON to SUN' },
];
const ALIASES = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** Returns what is wrong with a cron expression, or null if it is valid. */
export function cronFault(expression: string): string | null {
  const found = `found ${showFound(expression)}`;
  const trimmed = expression.trim();
  if (trimmed.startsWith('@')) {
    if (ALIASES.includes(trimmed)) return null;
    return `must be a cron expression with five fields or one of ${ALIASES.join(', ')}, ${found}${didYouMean(suggest(trimmed, ALIASES))}`;
  }
  const fields = trimmed.split(/\s+/);
  if (fields.length !== FIELDS.length) {
    const names = FIELDS.map(({ name }) => name).join(', ');
    return `must be a cron expression with five fields (${names}), ${found} with ${fields.length}${didYouMean(withoutSeconds(fields))}`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const text = fields[index] ?? '';
    const alone = FIELDS.map((_, at) => (at === index ? text : '*')).join(' ');
    // The parser replaces H with a new random value each time.
    if (/^h/i.test(text) || !canParse(alone))
      return `must be a cron expression, ${found}: ${wrong(field, text)}`;
  }
  return canParse(trimmed) && nextTick(trimmed, 'UTC', new Date()) !== null
    ? null
    : `must be a cron expression, ${found}: it names a date that never occurs`;
}

/** Some programs put a field for seconds first. */
function withoutSeconds(fields: readonly string[]): string | null {
  const rest = fields.slice(1).join(' ');
  return fields.length === FIELDS.length + 1 && cronFault(rest) === null ? rest : null;
}

function wrong({ from, name, names, to }: Field, text: string): string {
  const words = names === undefined ? '' : `, ${names}`;
  return `its ${name} must be *, ${from} to ${to}${words}, or a list, range or step of these values, found ${showFound(text)}`;
}

function canParse(expression: string): boolean {
  try {
    CronExpressionParser.parse(expression, { tz: 'UTC' });
    return true;
  } catch {
    return false;
  }
}

/** Formats a schedule as `At 04:20, UTC`. */
export function describeSchedule(expression: string, timezone: string): string {
  const words = cronstrue.toString(expression, { use24HourTimeFormat: true });
  return `${words}, ${timezone}`;
}
