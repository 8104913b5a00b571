import { PipelineError } from '../../core/errors.ts';
import { databaseError } from './errors.ts';
import type { Session } from './session.ts';

export type QueryResult = {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** For statements that return no rows: rows touched, null where that says nothing. */
  readonly touched: number | null;
};

/**
 * One statement on the target. The extended protocol takes no second one, so nothing can end the read-only
 * transaction first; COPY is refused, as it can write files and start programs even there.
 */
export async function runQuery(
  session: Session,
  sql: string,
  options: { write: boolean },
): Promise<QueryResult> {
  const { client } = session;
  if (!options.write && startsWithCopy(sql)) {
    throw new PipelineError('Cannot run the query: COPY may write files', {
      code: 'database',
      hint: 'Use SELECT, with --csv for CSV; or give --write.',
    });
  }
  try {
    await client.query(options.write ? 'BEGIN' : 'BEGIN READ ONLY');
    const result = await client.query({ text: sql, queryMode: 'extended' } as { text: string });
    await client.query(options.write ? 'COMMIT' : 'ROLLBACK');
    return {
      columns: result.fields.map(({ name }) => name),
      rows: result.rows,
      touched: result.rowCount,
    };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    const readOnly = typeof error === 'object' && error !== null && 'code' in error && error.code === '25006';
    throw databaseError(
      'run the query',
      error,
      readOnly ? 'Queries are read-only; give --write to change data.' : undefined,
    );
  }
}

function startsWithCopy(sql: string): boolean {
  const start = sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '');
  return /^copy\b/i.test(start);
}
