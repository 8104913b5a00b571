import { JsonSource } from './json-source.ts';

/** Rows hold values by position, because the columns of a query may have the same name twice. */

/** A value as shown in a table or CSV: JSON as it was written, and a list as JSON. */
export function plainCell(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value instanceof JsonSource ? value.text : jsonCell(value);
}

/**
 * The names of the columns as fields of an object. A repeated name gets the first free suffix: `_2`, `_3` and so on.
 */
function fieldNames(columns: readonly string[]): readonly string[] {
  const taken = new Set(columns);
  const seen = new Set<string>();
  return columns.map((column) => {
    if (!seen.has(column)) {
      seen.add(column);
      return column;
    }
    let number = 2;
    while (taken.has(`${column}_${number}`)) number++;
    taken.add(`${column}_${number}`);
    return `${column}_${number}`;
  });
}

/** One line of JSON per row, with fields in the order of the columns: a JavaScript object would put `1` before `a`. */
export function jsonLines(columns: readonly string[], rows: Rows): readonly string[] {
  const names = quoted(columns);
  return rows.map((row) => `{${names.map((name, index) => `${name}:${jsonCell(row[index])}`).join(',')}}\n`);
}

/** One JSON document, with a line for each field. */
export function jsonDocument(columns: readonly string[], rows: Rows): string {
  if (rows.length === 0) return '[]';
  const names = quoted(columns);
  const objects = rows.map((row) => {
    const fields = names.map((name, index) => `    ${name}: ${jsonCell(row[index])}`);
    return fields.length === 0 ? '  {}' : `  {\n${fields.join(',\n')}\n  }`;
  });
  return `[\n${objects.join(',\n')}\n]`;
}

type Rows = readonly (readonly unknown[])[];

function quoted(columns: readonly string[]): readonly string[] {
  return fieldNames(columns).map((name) => JSON.stringify(name));
}

function jsonCell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonCell).join(',')}]`;
  // Line breaks between the tokens of JSON become spaces; there are none elsewhere.
  if (value instanceof JsonSource) return value.text.replaceAll(/[\n\r]/g, ' ');
  return JSON.stringify(value ?? null);
}
