/** The one place that quotes SQL identifiers. */
export function ident(...path: readonly string[]): string {
  return path.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

/** `a, b, c`, each quoted, each behind the alias where one is given. */
export function columnList(columns: readonly string[], alias?: string): string {
  return columns
    .map((column) => (alias === undefined ? ident(column) : `${alias}.${ident(column)}`))
    .join(', ');
}

export function ledgerSchema(schema: string): string {
  return `${schema}_pipeline`;
}
