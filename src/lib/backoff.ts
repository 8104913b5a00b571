export type BackoffOptions = {
  readonly baseMs: number;
  readonly capMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
};

/** Milliseconds to wait after the given attempt, the first is 1: doubles up to the cap, half of it left to chance. */
export function backoffDelay(attempt: number, { baseMs, capMs, random }: BackoffOptions): number {
  const doublings = Math.min(attempt - 1, MAX_DOUBLINGS);
  const ceiling = Math.min(capMs, baseMs * 2 ** doublings);
  return ceiling / 2 + (random() * ceiling) / 2;
}

/**
 * Milliseconds that a Retry-After header asks for, 0 for what is past, null for what is neither seconds nor a date. Of
 * several, as two servers in a row may send, the longest.
 */
export function parseRetryAfter(header: string, nowMs: number): number | null {
  const waits = header.split(BETWEEN).map((value) => parseValue(value.trim(), nowMs));
  return waits.reduce((longest, ms) => (ms === null ? longest : Math.max(longest ?? 0, ms)), null);
}

function parseValue(text: string, nowMs: number): number | null {
  if (SECONDS.test(text)) return wait(Number(text) * 1000);
  if (!DATES.some((form) => form.test(text))) return null;
  // The oldest of the three forms names no time zone, and Date.parse would take it for local time.
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? null : wait(at - nowMs);
}

/** A comma, but not the one in a date. */
const BETWEEN = /,(?! \d\d[ -][A-Z])/;

/** Keeps the product with `baseMs` a finite number. */
const MAX_DOUBLINGS = 52;

const SECONDS = /^[+-]?\d+(\.\d+)?$/;

// RFC 9110, 5.6.7. Date.parse alone finds a date in almost any text.
const DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

function wait(ms: number): number {
  return Math.min(Math.max(0, ms), Number.MAX_SAFE_INTEGER);
}
