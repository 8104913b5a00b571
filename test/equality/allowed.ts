type Documents = Readonly<Record<string, unknown>>;

/** Converts documents to the format of the stored snapshot. Each conversion covers an intended difference. */
export function asBefore(documents: Documents): Documents {
  return Object.fromEntries(
    Object.entries(documents).map(([name, document]) => [name, replaced(edited(name, document))]),
  );
}

/** Removes human-readable text, because its wording may change at any time. */
export function withoutTexts(document: unknown): unknown {
  return without(document, 'description');
}

function edited(name: string, document: unknown): unknown {
  // `checks` and `verify` now print the source of each check or table.
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
 * Fields that depend on more than the records: the program's configuration and the digest of its code.
 * Also `doc`, the meaning of a table or column, which `resources show` now prints.
 */
const OMITTED: ReadonlySet<string> = new Set(['config', 'derivation_key', 'doc']);

/**
 * Fields added since the snapshot. A manifest lists the resources that the user selected and the cursors of
 * resources pulled incrementally, and indicates whether other rows are kept. A page contains the date of a preserved
 * copy and how the copy was verified. A report names the job, counts repeated records, and indicates whether a pull
 * is a full pull and whether numbers were carried forward. `explain` lists the rows that no raw file proves.
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
  // Each resource of a run now reports its pages.
  if (key === 'pages' && 'not_modified' in of) return true;
  // A plan now counts the rows that remain even though no record produces them.
  if (key === 'kept' && 'held' in of) return true;
  // Pruning now also drops old tombstones.
  if (key === 'tombstones' && 'dry_run' in of) return true;
  // A verified table now counts the rows that no raw file produces.
  if (key === 'underivable' && typeof Reflect.get(of, key) === 'number') return true;
  // A plan now reports the status of each resource, and the error that determines its exit code.
  const ofPlan = (key === 'status' && 'newly_accepted' in of) || (key === 'error' && 'changes' in of);
  return OMITTED.has(key) || ADDED.has(key) || ofPlan;
}

/** `source` is now the source's name. The address that it used to contain is now in `address`. */
function asOneSource(of: object): object {
  if (!('address' in of)) return of;
  const { address, ...rest } = of;
  return { ...rest, source: address };
}

/** `raw` now lists the pages of each resource; it used to name a single file. */
function onePage(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  return Object.fromEntries(
    Object.entries(raw).map(([resource, pages]) => [resource, Array.isArray(pages) ? pages[0] : pages]),
  );
}
