/** The address of a capture: `<prefix><timestamp>id_/<original>`. `id_` requests the body as it was captured. */
export type Playback = {
  /** `https://web.archive.org/web/` */
  readonly prefix: string;
  /**
   * The first 1 to 14 digits of `YYYYMMDDhhmmss`. With fewer than 14 digits, the archive redirects to the nearest
   * capture.
   */
  readonly timestamp: string;
  /** `https://api.spacexdata.com/v4/rockets` */
  readonly original: string;
};

const FORM = /^(https?:\/\/.+?\/)(\d{1,14})id_\/(https?:\/\/.+)$/i;

/** Parses the address of a capture. Returns null for any other URL. */
export function parsePlayback(url: string): Playback | null {
  const [, prefix, timestamp, original] = FORM.exec(url) ?? [];
  if (prefix === undefined || timestamp === undefined || original === undefined) return null;
  return { prefix, timestamp, original };
}

export function formatPlayback({ original, prefix, timestamp }: Playback): string {
  return `${prefix}${timestamp}id_/${original}`;
}

/** True if the content at this address never changes. */
export function isFixed({ timestamp }: Playback): boolean {
  return timestamp.length === 14;
}

/** The URL that searches the archive's index for captures of the same original. */
export function indexUrl({ original, prefix, timestamp }: Playback): URL {
  const url = new URL('../cdx/search/cdx', prefix);
  // Exactly these parameters, in this order. With other parameters, the index is known to be slow or to return wrong
  // results.
  url.search = new URLSearchParams({
    url: original,
    output: 'json',
    filter: 'statuscode:200',
    to: timestamp,
  }).toString();
  return url;
}

/**
 * True if two addresses have the same host, path and query. Like the archive, ignores the scheme, a default port and a
 * trailing slash.
 */
export function isSameOriginal(one: string, other: string): boolean {
  const [a, b] = [keyOf(one), keyOf(other)];
  return a !== null && a === b;
}

function keyOf(original: string): string | null {
  const url = URL.parse(original);
  if (url === null) return null;
  const port = ['', '80', '443'].includes(url.port) ? '' : `:${url.port}`;
  return `${url.hostname}${port}${url.pathname.replace(/\/$/, '')}${url.search}`;
}

/** `20251006050535` → `2025-10-06T05:05:35.000Z`; null for an invalid timestamp. */
export function momentOf(timestamp: string): string | null {
  if (!/^\d{14}$/.test(timestamp)) return null;
  const text = timestamp.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6.000Z');
  return Number.isNaN(Date.parse(text)) ? null : text;
}

/**
 * The same capture address for a different day, such as `2026-06-05`; null if `archiveUrl` is not the address of a
 * capture.
 */
export function asOfDay(archiveUrl: string, day: string): string | null {
  const playback = parsePlayback(archiveUrl);
  return playback === null ? null : formatPlayback({ ...playback, timestamp: day.replaceAll('-', '') });
}
