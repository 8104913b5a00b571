type Documents = Readonly<Record<string, unknown>>;

/** Brings documents to the form of the picture. Each change here is a difference that was meant. */
export function asBefore(documents: Documents): Documents {
  return Object.fromEntries(
    Object.entries(documents).map(([name, document]) => [name, replaced(edited(name, document))]),
  );
}

/** Texts for people, which may be worded better at any time. */
export function withoutTexts(document: unknown): unknown {
  return without(document, 'description');
}

function edited(name: string, document: unknown): unknown {
  // A check, and a table that was verified, says of which source it is.
  return name === 'checks' || name === 'verify' ? without(document, 'source') : document;
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
    Object.entries(asOneSource(value)).flatMap(([key, inner]) =>
      isNew(key, value) ? [] : [[key, replaced(key === 'raw' ? onePage(inner) : inner)]],
    ),
  );
}

/**
 * What depends on more than the records: the configuration of the program, the digest of its code. And `doc`: what a table
 * or column means, which `resources show` prints since the literals say so.
 */
const OMITTED: ReadonlySet<string> = new Set(['config', 'derivation_key', 'doc']);

/**
 * A manifest says which resources the user gave, and where those stand that are pulled by changes; a page says of which day a
 * preserved copy is, and how it was proven; a report says what a pull brings, and what was not counted; a plan says how many
 * rows of a table stay that are not derived again, and `explain` for which rows no raw file is kept.
 */
const ADDED: ReadonlySet<string> = new Set([
  'chosen',
  'keeps_others',
  'captured_at',
  'proof',
  'job',
  'repeated',
  'pass',
  'carried',
  'unproven',
  'chains',
]);

function isNew(key: string, of: object): boolean {
  // A plan says what would become of each resource, and which error decides its exit code.
  // So does each resource of a run.
  if (key === 'pages' && 'not_modified' in of) return true;
  // So does each table that was verified of its own rows.
  if (key === 'kept' && 'held' in of) return true;
  // Pruning drops old tombstones, too.
  if (key === 'tombstones' && 'dry_run' in of) return true;
  if (key === 'underivable' && typeof Reflect.get(of, key) === 'number') return true;
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
