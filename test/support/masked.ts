/** Makes the documents of different runs comparable by replacing each id, time and address with a word. */
export function createMask(words: Readonly<Record<string, string>>): (value: unknown) => unknown {
  const ids = new Map<string, string>();
  const known = Object.entries(words).sort(([a], [b]) => b.length - a.length);

  function maskText(text: string): string {
    let masked = text;
    for (const [from, to] of known) masked = masked.replaceAll(from, to);
    const named = masked.replaceAll(RUN_ID, (id) => {
      if (!ids.has(id)) ids.set(id, `<run ${ids.size + 1}>`);
      return ids.get(id) ?? '';
    });
    return maskTimes(named);
  }

  function mask(value: unknown): unknown {
    if (typeof value === 'string') return maskText(value);
    if (Array.isArray(value)) return value.map(mask);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        maskText(key),
        MASKED.has(key) && inner !== null ? `<${key}>` : mask(inner),
      ]),
    );
  }

  return mask;
}

const RUN_ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const today = (): string => new Date().toISOString().slice(0, 10);
/** A time with a fraction, which the program uses for its own times. */
const FRACTION = /20[2-9]\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d*[1-9]\d*(?:Z|\+00)/g;
/** Times without a fraction are also masked if they fall on these days, because the times in records are older. */
const DAYS = new Set([today()]);

export function maskTimes(text: string): string {
  DAYS.add(today());
  const time = new RegExp(`(?:${[...DAYS].join('|')})[T ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|\\+00)`, 'g');
  const day = new RegExp([...DAYS].join('|'), 'g');
  return text.replaceAll(FRACTION, '<time>').replaceAll(time, '<time>').replaceAll(day, '<day>');
}

/** Measured values, or values that depend on the machine. */
const MASKED: ReadonlySet<string> = new Set([
  'seconds',
  'publish_seconds',
  'peak_rss_bytes',
  'pid',
  'host',
  'node_version',
  'program_version',
  'started_at',
  'finished_at',
  'received_at',
  'first_seen',
  'last_seen',
  'deleted_at',
  'transformed_at',
  '_loaded_at',
]);
