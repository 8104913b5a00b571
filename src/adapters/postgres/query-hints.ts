import { suggest } from '../../lib/suggest.ts';
import { NO_RIGHT, statementFault, UNDEFINED_TABLE, type Hints, type StatementFault } from './errors.ts';
import type { Session } from './session.ts';
import { ledgerSchema } from './sql.ts';

const UNDEFINED_COLUMN = '42703';
const UNDEFINED_FUNCTION = '42883';
const SYNTAX = '42601';

/**
 * Hints for an error in a user's statement, by SQLSTATE: PostgreSQL's own hint, or the most likely correction of a
 * mistyped name. Empty for errors that the statement did not cause.
 */
export async function hintForStatement(
  session: Session,
  sql: string,
  error: unknown,
  schemas: readonly string[] | undefined,
): Promise<Hints> {
  const fault = statementFault(error);
  if (fault === null || !/^(?:42|3F)/.test(fault.state) || fault.state === NO_RIGHT) return {};
  const { hint, position, state } = fault;
  const [before, at] = position === null ? ['', ''] : wordsAt(sql, position);
  const found = await meantBy({ session, sql, state, before, at, schemas }).catch(() => null);
  return {
    [state]: (state === UNDEFINED_FUNCTION ? (found ?? hint) : (hint ?? found)) ?? fallback(fault, sql),
  };
}

type Mistake = {
  readonly session: Session;
  readonly sql: string;
  readonly state: string;
  /** The word at the position that PostgreSQL reports, as typed. `before` is the word before it. */
  readonly at: string;
  readonly before: string;
  readonly schemas: readonly string[] | undefined;
};

/** Null if nothing is similar. */
async function meantBy(mistake: Mistake): Promise<string | null> {
  switch (mistake.state) {
    case UNDEFINED_TABLE:
      return tableMeant(mistake);
    case UNDEFINED_COLUMN:
      return columnMeant(mistake);
    case UNDEFINED_FUNCTION:
      return functionMeant(mistake);
    case SYNTAX:
      return keywordMeant(mistake);
    default:
      return null;
  }
}

const LISTED = 'List tables and views with: spacex-pipeline tables';

function fallback({ position, state }: StatementFault, sql: string): string {
  // SHOW TABLES or DESCRIBE, as in MySQL and DuckDB.
  if (state === UNDEFINED_TABLE || /^\s*(?:show|desc|describe)\b/i.test(sql)) return LISTED;
  // Of all syntax errors, only the one about a second statement has no position.
  if (state === SYNTAX && position === null) return 'Run one statement at a time.';
  return 'Correct the statement, then try again.';
}

async function tableMeant({ at, schemas, session }: Mistake): Promise<string | null> {
  const known = await relations(session, schemas);
  // `x.y` is a table in a schema, or a column of a table that the statement does not read.
  for (const part of partsOf(at).toReversed()) {
    const meant = suggest(part, known);
    if (meant !== null && meant !== part) return `Did you mean ${meant}?`;
  }
  return null;
}

async function columnMeant({ at, schemas, session, sql }: Mistake): Promise<string | null> {
  const name = partsOf(at).at(-1) ?? '';
  const words = new Set(sql.toLowerCase().match(/\w+/g));
  const named = (await relations(session, schemas)).filter((one) => words.has(one.toLowerCase()));
  const columns = await session.texts(
    `SELECT DISTINCT attname::text FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
     JOIN pg_namespace n ON n.oid = relnamespace
     WHERE attnum > 0 AND NOT attisdropped AND relname = ANY ($1) AND ${inPlaces('$2')} ORDER BY 1`,
    [named, placesOf(schemas)],
  );
  const meant = suggest(name, columns);
  if (meant !== null && meant !== name) return `Did you mean ${meant}?`;
  const [table] = named;
  return table === undefined ? null : `List the columns of ${table} with: spacex-pipeline tables ${table}`;
}

async function functionMeant({ at, session }: Mistake): Promise<string | null> {
  const name = partsOf(at).at(-1) ?? '';
  const names = await session.texts(
    'SELECT DISTINCT proname::text FROM pg_proc WHERE pg_function_is_visible(oid) ORDER BY 1',
  );
  const meant = names.includes(name) ? null : suggest(name, names);
  return meant === null ? null : `Did you mean ${meant}()?`;
}

/** The most common keywords. They come first because the first of several equally close words is suggested. */
const COMMON = ['select', 'from', 'where', 'group', 'order', 'by', 'limit', 'join', 'on', 'having'];
const KEYWORDS = `SELECT word FROM pg_get_keywords()
  WHERE catcode IN ('R', 'T') OR word IN ('values', 'insert', 'update', 'delete', 'set', 'exists', 'between', 'explain', 'show')
  ORDER BY word`;

async function keywordMeant({ at, before, session }: Mistake): Promise<string | null> {
  const words = [...COMMON, ...(await session.texts(KEYWORDS))];
  // PostgreSQL parses a mistyped keyword as an alias, so it complains about the next word.
  for (const word of [before, at]) {
    const meant = word.length < 3 || words.includes(word.toLowerCase()) ? null : suggest(word, words);
    if (meant !== null) return `Did you mean ${meant.toUpperCase()}?`;
  }
  return null;
}

async function relations(session: Session, schemas: readonly string[] | undefined): Promise<string[]> {
  return session.texts(
    `SELECT DISTINCT relname::text FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND ${inPlaces('$1')} ORDER BY 1`,
    [placesOf(schemas)],
  );
}

/** Restricts a query to the schemas in which the statement looks up names. */
function inPlaces(parameter: string): string {
  return `nspname = ANY (coalesce(${parameter}, current_schemas(false)::text[]))`;
}

function placesOf(schemas: readonly string[] | undefined): readonly string[] | null {
  return schemas?.flatMap((schema) => [schema, ledgerSchema(schema)]) ?? null;
}

/** The parts of the name at the position that PostgreSQL reports; empty if it reports no position. */
export function nameInFault(sql: string, error: unknown): readonly string[] {
  const position = statementFault(error)?.position ?? null;
  return position === null ? [] : partsOf(wordsAt(sql, position)[1]);
}

/** `"launch".nmae` → launch, nmae. */
function partsOf(word: string): readonly string[] {
  return word
    .split('.')
    .map((part) => (part.startsWith('"') ? part.replaceAll('"', '') : part.toLowerCase()));
}

/** The word before a position in the text, and the word at the position. */
function wordsAt(sql: string, position: number): readonly [before: string, at: string] {
  const characters = Array.from(sql);
  const rest = characters.slice(position - 1).join('');
  const [at = ''] = /^[\w$"]+(?:\."?[\w$]+"?)*/.exec(rest) ?? [];
  const earlier = characters.slice(0, position - 1).join('');
  const [, before = ''] = /(\w+)\W*$/.exec(earlier) ?? [];
  return [before, at];
}
