/**
 * Converts a timestamp of 1 to 14 digits to milliseconds since 1970. Missing digits stand for the latest possible time.
 */
export function timeOf(timestamp: string): number {
  const digits = timestamp.padEnd(4, '9') + '1231235959'.slice(Math.max(0, timestamp.length - 4));
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = [
    digits.slice(0, 4),
    ...(digits.slice(4).match(/../g) ?? []),
  ].map(Number);
  // The 31st of a short month counts as its last day.
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Date.UTC(year, month - 1, Math.min(day, lastDay), hour, minute, second);
}

/** YYYYMMDDhhmmss. */
export function timestampOf(time: number): string {
  return new Date(time).toISOString().replaceAll(/\D/g, '').slice(0, 14);
}

/** Formats a time as `Fri, 28 Nov 2025 03:42:23 GMT`. */
export function httpDate(timestamp: string): string {
  return new Date(timeOf(timestamp)).toUTCString();
}

/** The listed timestamp that is closest in time. */
export function nearest(timestamps: readonly string[], wanted: string): string | undefined {
  const distance = (timestamp: string): number => Math.abs(timeOf(timestamp) - timeOf(wanted));
  return timestamps.toSorted((one, other) => distance(one) - distance(other))[0];
}
