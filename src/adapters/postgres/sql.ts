import { sha256Of } from '../../lib/sha256.ts';

/** PostgreSQL cuts what is longer, without an error. */
export const NAME_BYTES = 63;

/** The one place that quotes SQL identifiers, and constants where no parameter can be. */
export function ident(...path: readonly string[]): string {
  return path.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `a, b, c`, each quoted, each behind the alias where one is given. */
export function columnList(columns: readonly string[], alias?: string): string {
  return columns
    .map((column) => (alias === undefined ? ident(column) : `${alias}.${ident(column)}`))
    .join(', ');
}

const LEDGER = '_pipeline';

/**
 * `<schema>_pipeline`. PostgreSQL keeps 63 bytes of a name: of a longer one as many characters as fit, and a hash that
 * tells it from others which begin so.
 */
export function ledgerSchema(schema: string): string {
  if (Buffer.byteLength(schema + LEDGER) <= NAME_BYTES) return schema + LEDGER;
  const hash = sha256Of(schema).slice(0, 8);
  const end = `_${hash}${LEDGER}`;
  const start = Buffer.from(schema).subarray(0, NAME_BYTES - end.length);
  // A character that was cut in two is left out.
  return new TextDecoder().decode(start, { stream: true }) + end;
}
