import { JsonSource } from './json-source.ts';

/** Values in a row are identified by position, because two columns of a query can have the same name. */

/** A value as shown in a table or in CSV. JSON is shown as it was written, and a list is shown as JSON. */
export function plainCell(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value instanceof JsonSource ? value.text : jsonCell(value);
}

/**
 * Converts column names to unique field names. A repeated name receives the first free suffix: `_2`, `_3` and so on.
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

/** One line of JSON per row, with fields in column order. A JavaScript object would move `1` before `a`. */
export function jsonLines(columns: readonly string[], rows: Rows): readonly string[] {
  const names = quoted(columns);
  return rows.map((row) => `{${names.map((name, index) => `${name}:${jsonCell(row[index])}`).join(',')}}\n`);
}

/** One JSON document, with one line per field. */
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
  // Replaces line breaks with spaces. In JSON, they can only occur between tokens.
  if (value instanceof JsonSource) return value.text.replaceAll(/[\n\r]/g, ' ');
  return JSON.stringify(value ?? null);
}
