import { JsonSource } from './json-source.ts';

/** Values of rows that are positional: names may come from a query, in which one can occur twice. */

/** A value as a table or CSV shows it: JSON is as it is written, and a list is JSON. */
export function plainCell(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value instanceof JsonSource ? value.text : jsonCell(value);
}

/**
 * The names that columns have as fields of an object: where a name occurs again it ends in `_2`, `_3` and so on, in
 * the first of these that no other column has.
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

/** A line of JSON for each row, its fields in the order of the columns: an object of JavaScript would put `1` before `a`. */
export function jsonLines(columns: readonly string[], rows: Rows): readonly string[] {
  const names = quoted(columns);
  return rows.map((row) => `{${names.map((name, index) => `${name}:${jsonCell(row[index])}`).join(',')}}\n`);
}

/** The same as one document, with a line for each field. */
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
  // Between the tokens of JSON a line may end; nowhere else.
  if (value instanceof JsonSource) return value.text.replaceAll(/[\n\r]/g, ' ');
  return JSON.stringify(value ?? null);
}
