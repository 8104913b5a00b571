export type BackoffOptions = {
  readonly baseMs: number;
  readonly capMs: number;
  /** Returns a number from 0 up to, but not including, 1. */
  readonly random: () => number;
};

/**
 * Milliseconds to wait after an attempt. Attempts are counted from 1. The wait doubles with each attempt up to the cap,
 * and half of it is random.
 */
export function backoffDelay(attempt: number, { baseMs, capMs, random }: BackoffOptions): number {
  const doublings = Math.min(attempt - 1, MAX_DOUBLINGS);
  const ceiling = Math.min(capMs, baseMs * 2 ** doublings);
  return ceiling / 2 + (random() * ceiling) / 2;
}

/**
 * The wait that a Retry-After header requests, in milliseconds: 0 for a time in the past, null if the header contains
 * neither seconds nor a date. If there are several values, for example from two servers in a row, returns the longest
 * wait.
 */
export function parseRetryAfter(header: string, nowMs: number): number | null {
  const waits = header.split(BETWEEN).map((value) => parseValue(value.trim(), nowMs));
  return waits.reduce((longest, ms) => (ms === null ? longest : Math.max(longest ?? 0, ms)), null);
}

function parseValue(text: string, nowMs: number): number | null {
  if (SECONDS.test(text)) return wait(Number(text) * 1000);
  if (!DATES.some((form) => form.test(text))) return null;
  // The oldest of the three formats has no time zone, and Date.parse would assume local time.
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? null : wait(at - nowMs);
}

/** A comma, unless it is inside a date. */
const BETWEEN = /,(?! \d\d[ -][A-Z])/;

/** Keeps the product with `baseMs` finite. */
const MAX_DOUBLINGS = 52;

const SECONDS = /^[+-]?\d+(\.\d+)?$/;

// RFC 9110, 5.6.7. Date.parse alone accepts almost any text.
const DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

function wait(ms: number): number {
  return Math.min(Math.max(0, ms), Number.MAX_SAFE_INTEGER);
}
