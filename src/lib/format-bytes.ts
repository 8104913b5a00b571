const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Formats a size as `12 kB` or `3.4 MB`. As in PostgreSQL, a kilobyte is 1024 bytes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : Math.round(value * 10) / 10} ${UNITS[unit]}`;
}
