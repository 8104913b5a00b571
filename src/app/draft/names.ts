import { UNIT } from '../../core/units.ts';

/** Words that must be quoted in SQL: category R or T in pg_get_keywords(). */
export const RESERVED: readonly string[] =
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
  concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from
  full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime
  localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right
  select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using
  variadic verbose when where window with`.split(/\s+/);

/** Other words that cannot be variable names. */
const RESERVED_IN_CODE =
  `await break catch class const continue debugger delete enum export extends finally function if implements import
  instanceof interface let new package private protected public return static super switch this throw try typeof var void
  while yield`.split(/\s+/);

/** Last words of field names, each with its replacement in the column name. */
const UNITS: Readonly<Record<string, string>> = {
  meters: 'm',
  kilometers: 'km',
  kilograms: 'kg',
  tons: 't',
  latitude: 'latitude_deg',
  longitude: 'longitude_deg',
  inclination: 'inclination_deg',
};

/** PostgreSQL truncates names to 63 bytes, and the name of an index contains the names of its table and column. */
const LONGEST = 40;

/** Whether a resource and its table can have this name. */
export function isName(name: string): boolean {
  const isReserved = [...RESERVED, ...RESERVED_IN_CODE].includes(name);
  return /^[a-z][a-z0-9_]*$/.test(name) && name.length <= LONGEST && !isReserved;
}

/**
 * An unused name built from field names. Begins with `owner` if the field names alone would be invalid or meaningless.
 */
export function newName(fields: readonly string[], owner: string, taken: Set<string>): string {
  const own = fields.map(snakeCase).join('_');
  const isUnitAlone = UNIT.test(`_${own}`) && !UNIT.test(own);
  const full = /^[a-z]/.test(own) && !RESERVED.includes(own) && !isUnitAlone ? own : `${owner}_${own}`;
  // Truncates at the start, because the end is the most specific part.
  const cut = full.length > LONGEST ? full.slice(-LONGEST).replace(/^[^_]*_/, '') : full;
  const name = cut.replaceAll(/^[^a-z]+|_+$/g, '');
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}_${number}`;
  taken.add(free);
  return free;
}

export function singular(name: string): string {
  return name
    .replace(/ies$/, 'y')
    .replace(/(?<=ss|us|x|ch|sh)es$/, '')
    .replace(/(?<=[^su])s$/, '');
}

export function camelCase(name: string): string {
  return name.replaceAll(/_+(.)/g, (_, letter: string) => letter.toUpperCase());
}

export function snakeCase(field: string): string {
  return field
    .replace(/kN$/, 'kn')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase()
    .replace(/[a-z]+$/, (word) => UNITS[word] ?? word);
}
