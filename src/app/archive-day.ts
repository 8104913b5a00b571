import { isCalendarDate } from '../core/formats.ts';
import { PipelineError } from '../core/errors.ts';

/** The prefix of an address that names a day, such as `archive@2025-10-06`. */
const PREFIX = 'archive@';

/**
 * The archive day that the address or `--as-of` requests, as `YYYY-MM-DD`; null if neither names a day. Throws `usage`
 * for an invalid date or a date in the future. `now` is in milliseconds since 1970.
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
    hint: 'Use a date such as 2025-10-06.',
  });
}

/** The day in an archive address, as written; null for any other address. */
export function dayOf(address: string): string | null {
  return address.startsWith(PREFIX) ? address.slice(PREFIX.length) : null;
}

/** The archive address for a day. */
export function addressOfDay(day: string): string {
  return PREFIX + day;
}
