type Documents = Readonly<Record<string, unknown>>;

/** Brings documents to the form of the picture. Each change here is a difference that was meant. */
export function asBefore(documents: Documents): Documents {
  return replaced(documents) as Documents;
}

function replaced(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(replaced);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(asOneSource(value)).flatMap(([key, inner]) =>
      isNew(key, value) ? [] : [[key, replaced(key === 'raw' ? onePage(inner) : inner)]],
    ),
  );
}

/** What depends on more than the records: the configuration of the program, the digest of its code. */
const OMITTED: ReadonlySet<string> = new Set(['config', 'derivation_key']);

/** A manifest says which resources the user gave; a page says of which day a preserved copy is, and how it was proven. */
const ADDED: ReadonlySet<string> = new Set(['chosen', 'captured_at', 'proof']);

function isNew(key: string, of: object): boolean {
  // A plan says what would become of each resource, and which error decides its exit code.
  const ofPlan = (key === 'status' && 'newly_accepted' in of) || (key === 'error' && 'changes' in of);
  return OMITTED.has(key) || ADDED.has(key) || ofPlan;
}

/** The source has a name, and records come from an address, which was called the source before. */
function asOneSource(of: object): object {
  if (!('address' in of)) return of;
  const { address, ...rest } = of;
  return { ...rest, source: address };
}

/** Raw is a list of pages; a snapshot was one file before. */
function onePage(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  return Object.fromEntries(
    Object.entries(raw).map(([resource, pages]) => [resource, Array.isArray(pages) ? pages[0] : pages]),
  );
}
