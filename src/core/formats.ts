/**
 * The string formats that contracts use. Each rejects what PostgreSQL cannot store, so a record that satisfies its
 * contract can always be loaded.
 */

/** Text without NUL or lone surrogates. JSON can express both, but a text column can store neither. */
export function isStorableText(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

/**
 * Matches nearly all timestamps, namely those on days that every month has. This is six times as fast as checking the
 * parts.
 */
const USUAL_TIMESTAMP =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)$/;

const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|[+-](\d{2}):(\d{2}))$/;

/** RFC 3339 in the years 0001 to 9999, with an offset of less than 16 hours: PostgreSQL's limits. */
export function isTimestamp(value: string): boolean {
  if (USUAL_TIMESTAMP.test(value)) return true;
  const match = TIMESTAMP.exec(value);
  if (match === null) return false;
  const [, year, month, day, hour, minute, second, offsetHour = '0', offsetMinute = '0'] = match;
  return (
    isCalendarDay(Number(year), Number(month), Number(day)) &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59 &&
    Number(offsetHour) <= 15 &&
    Number(offsetMinute) <= 59
  );
}

/** `YYYY-MM-DD HH:MM:SS`, with or without a fraction, in UTC: Space-Track's format. */
export function isSpacedTimestamp(value: string): boolean {
  return value[10] === ' ' && isTimestamp(`${value.slice(0, 10)}T${value.slice(11)}Z`);
}

/** Converts a time that `isSpacedTimestamp` accepts to RFC 3339. */
export function spacedTimestampUtc(value: string | null): string | null {
  return value === null ? null : `${value.replace(' ', 'T')}Z`;
}

const CALENDAR_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `YYYY-MM-DD`, a day that exists, in the years 0001 to 9999. */
export function isCalendarDate(value: string): boolean {
  const match = CALENDAR_DATE.exec(value);
  return match !== null && isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3]));
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  return day <= daysInMonth(year, month);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The offset from UTC, in minutes east, of a timestamp that `isTimestamp` accepts. */
export function utcOffsetMinutes(timestamp: string): number {
  if (timestamp.endsWith('Z')) return 0;
  const sign = timestamp.at(-6) === '-' ? -1 : 1;
  const minutes = Number(timestamp.slice(-5, -3)) * 60 + Number(timestamp.slice(-2));
  return minutes === 0 ? 0 : sign * minutes;
}

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/;

/** The number of whole seconds in an ISO 8601 duration that the contract's `duration` accepts. */
export function durationSeconds(value: string | null): number | null {
  if (value === null) return null;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = DURATION.exec(value) ?? [];
  return Math.round(((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds));
}

/** Keyed by the names that contracts use. */
export const FORMATS = {
  text: isStorableText,
  timestamp: isTimestamp,
  'space-time': isSpacedTimestamp,
  'calendar-date': isCalendarDate,
};
