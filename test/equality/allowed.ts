type Documents = Readonly<Record<string, unknown>>;

/** Brings documents to the form of the picture. Each change here is a difference that was meant. */
export function asBefore(documents: Documents): Documents {
  return Object.fromEntries(
    Object.entries(documents).map(([name, document]) => [name, replaced(edited(name, document))]),
  );
}

function edited(name: string, document: unknown): unknown {
  // A check says of which source it is.
  return name === 'checks' ? without(document, 'source') : document;
}

function without(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((inner) => without(inner, key));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== key);
  return Object.fromEntries(entries.map(([name, inner]) => [name, without(inner, key)]));
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
