import { isCalendarDate } from '../core/formats.ts';
import { PipelineError } from '../core/errors.ts';

/** Precedes the day in the name of an address: `archive@2025-10-06`. */
const PREFIX = 'archive@';

/**
 * The day of an archive, as `YYYY-MM-DD`, that `--as-of` or the name of an address requests; null if neither does.
 * Throws `usage` for an invalid date or one in the future. `now` is in milliseconds since 1970.
 */
export function archiveDay(address: string, asOf: string | null, now: number): string | null {
  const inName = dayOf(address);
  const day = inName ?? (address === 'archive' ? asOf : null);
  if (day === null) return null;
  const isDate = isCalendarDate(day);
  if (isDate && day <= new Date(now).toISOString().slice(0, 10)) return day;
  const flag = inName === null ? '--as-of' : '--from';
  const reason = isDate ? 'it is in the future' : 'it is not a date';
  throw new PipelineError(`Cannot use ${flag} ${JSON.stringify(asOf ?? address)}: ${reason}`, {
    code: 'usage',
    hint: 'Give a day such as 2025-10-06.',
  });
}

/** The day in the name of an archive's address, as written; null for any other address. */
export function dayOf(address: string): string | null {
  return address.startsWith(PREFIX) ? address.slice(PREFIX.length) : null;
}

/** The name of an archive's address for a day. */
export function addressOfDay(day: string): string {
  return PREFIX + day;
}
