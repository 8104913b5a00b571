const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** The seconds in `2h`, `90m`, `1h30m` or `7200s`; null for anything else. */
export function parseDuration(text: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?[smhdw])+$/.test(text)) return null;
  const parts = [...text.matchAll(/([\d.]+)([smhdw])/g)];
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (SECONDS[unit] ?? 0), 0);
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** `3 d 4 h`: the two largest units. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const at = Math.max(
    0,
    UNITS.findIndex(([, size]) => whole >= size),
  );
  const [first, second] = whole < 1 ? [UNITS[3]] : UNITS.slice(at, at + 2);
  if (first === undefined) return '';
  const [unit, size] = first;
  const rest = second === undefined ? 0 : Math.floor((whole % size) / second[1]);
  return `${Math.floor(whole / size)} ${unit}${rest === 0 ? '' : ` ${rest} ${second?.[0]}`}`;
}

/**
 * Formats how long ago a time was: `3 min 20 s ago`. `now` is in milliseconds since 1970. Returns null if there is no
 * time.
 */
export function ago(now: number, time: string | null): string | null {
  return time === null ? null : `${formatDuration((now - Date.parse(time)) / 1000)} ago`;
}
