/** Alternating names and values → values by lower-case name, values of the same name joined. */
export function headersOf(raw: readonly string[], hide: (text: string) => string): Record<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    // RFC 9110, 5.5
    const value = hide((raw[i + 1] ?? '').replaceAll(CONTROLS, ' '));
    const before = headers.get(name);
    if (before === undefined) headers.set(name, value);
    else if (!SINGLE.has(name)) headers.set(name, `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

/** These may occur only once: the first one counts. */
const SINGLE: ReadonlySet<string> = new Set(['content-length', 'content-type', 'etag', 'location']);

const CONTROLS = /[^\t -~\x80-\xff]/g;
