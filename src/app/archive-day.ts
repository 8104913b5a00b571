import { isCalendarDate } from '../core/formats.ts';
import { PipelineError } from '../core/errors.ts';
import type { Archive } from '../core/source.ts';

/** Before the day in the name of an address: `archive@2025-10-06`. */
const PREFIX = 'archive@';

/**
 * The day of an archive, as `YYYY-MM-DD`, that `--as-of` or the name of an address asks for; null for neither. Throws
 * `usage` for what is no day.
 */
export function archiveDay(address: string, asOf: string | null): string | null {
  const inName = address.startsWith(PREFIX) ? address.slice(PREFIX.length) : null;
  const day = inName ?? (address === 'archive' ? asOf : null);
  if (day === null || isCalendarDate(day)) return day;
  throw new PipelineError(
    `Cannot use ${inName === null ? '--as-of' : '--from'} ${JSON.stringify(asOf ?? address)}: it is no day`,
    {
      code: 'usage',
      hint: 'Give a day as in 2025-10-06.',
    },
  );
}

/** The name of an archive's address on a day. */
export function addressOfDay(day: string): string {
  return PREFIX + day;
}

/** Without the recordings that were made after that day. The archive itself plays back the capture nearest to it. */
export function copiesUntil(copies: Archive['copies'], day: string): Archive['copies'] {
  return Object.fromEntries(
    Object.entries(copies).map(([resource, list]) => [
      resource,
      list.filter((copy) => copy.kind === 'capture' || copy.recorded.slice(0, 10) <= day),
    ]),
  );
}
