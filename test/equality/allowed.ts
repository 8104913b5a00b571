type Documents = Readonly<Record<string, unknown>>;

/** Brings documents to the form of the picture. Each change here is a difference that was meant. */
export function asBefore(documents: Documents): Documents {
  return replaced(documents) as Documents;
}

function replaced(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(replaced);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (OMITTED.has(key) ? [] : [[key, replaced(inner)]])),
  );
}

/**
 * What depends on more than the records: the configuration of the program, the digest of its code. And `doc`: what a table
 * or column means, which `resources show` prints since the literals say so.
 */
const OMITTED: ReadonlySet<string> = new Set(['config', 'derivation_key', 'doc']);
