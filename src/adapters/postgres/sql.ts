import { sha256Of } from '../../lib/sha256.ts';

/** PostgreSQL silently truncates longer names. */
export const NAME_BYTES = 63;

/** The only module that quotes SQL identifiers, and constants that cannot be parameters. */
export function ident(...path: readonly string[]): string {
  return path.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `a, b, c`, each quoted and prefixed with the alias, if any. */
export function columnList(columns: readonly string[], alias?: string): string {
  return columns
    .map((column) => (alias === undefined ? ident(column) : `${alias}.${ident(column)}`))
    .join(', ');
}

const LEDGER = '_pipeline';

/**
 * `<schema>_pipeline`. PostgreSQL keeps only 63 bytes of a name, so a longer name is shortened to as many characters as
 * fit, plus a hash that distinguishes it from other names with the same beginning.
 */
export function ledgerSchema(schema: string): string {
  if (Buffer.byteLength(schema + LEDGER) <= NAME_BYTES) return schema + LEDGER;
  const hash = sha256Of(schema).slice(0, 8);
  const end = `_${hash}${LEDGER}`;
  const start = Buffer.from(schema).subarray(0, NAME_BYTES - end.length);
  // Drops a character that was cut in two.
  return new TextDecoder().decode(start, { stream: true }) + end;
}
