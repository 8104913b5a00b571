type Documents = Readonly<Record<string, unknown>>;

/** Converts documents to the form of the stored snapshot. Each change here is an intended difference. */
export function asBefore(documents: Documents): Documents {
  return Object.fromEntries(
    Object.entries(documents).map(([name, document]) => [name, replaced(edited(name, document))]),
  );
}

/** Texts for people, whose wording may change at any time. */
export function withoutTexts(document: unknown): unknown {
  return without(document, 'description');
}

function edited(name: string, document: unknown): unknown {
  // A check, and a verified table, now names its source.
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
 * Fields that depend on more than the records: the configuration of the program and the digest of its code.
 * Also `doc`, the meaning of a table or column, which `resources show` prints since the literals contain it.
 */
const OMITTED: ReadonlySet<string> = new Set(['config', 'derivation_key', 'doc']);

/**
 * A manifest now lists the resources that the user gave, and the cursors of those pulled by changes. A page
 * has the date of a preserved copy, and how it was verified. A report says what a pull returns, and what was
 * not counted. A plan says how many rows remain in a table that is not derived again, and `explain` for which
 * rows no raw file is kept.
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
  // A plan now reports the status of each resource, and the error that decides its exit code; so does each
  // resource of a run.
  if (key === 'pages' && 'not_modified' in of) return true;
  // Each verified table now reports its own rows.
  if (key === 'kept' && 'held' in of) return true;
  // Pruning now drops old tombstones, too.
  if (key === 'tombstones' && 'dry_run' in of) return true;
  if (key === 'underivable' && typeof Reflect.get(of, key) === 'number') return true;
  const ofPlan = (key === 'status' && 'newly_accepted' in of) || (key === 'error' && 'changes' in of);
  return OMITTED.has(key) || ADDED.has(key) || ofPlan;
}

/** The source now has a name, and records come from an address, which used to be called the source. */
function asOneSource(of: object): object {
  if (!('address' in of)) return of;
  const { address, ...rest } = of;
  return { ...rest, source: address };
}

/** Raw is now a list of pages; a snapshot used to be a single file. */
function onePage(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  return Object.fromEntries(
    Object.entries(raw).map(([resource, pages]) => [resource, Array.isArray(pages) ? pages[0] : pages]),
  );
}
