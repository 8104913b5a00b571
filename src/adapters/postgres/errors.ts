import { PipelineError } from '../../core/errors.ts';

/** SQLSTATE of an error that PostgreSQL or the driver threw; null where it has none. */
export function sqlState(error: unknown): string | null {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return null;
}

export const UNDEFINED_TABLE = '42P01';

/** "Cannot <what>: <reason> (<SQLSTATE>)", exit code 5. Errors of our own pass through. */
export function databaseError(what: string, error: unknown, hint?: string): PipelineError {
  if (error instanceof PipelineError) return error;
  const reason = error instanceof Error && error.message !== '' ? error.message : String(error);
  const state = sqlState(error);
  const suffix = state === null ? '' : ` (${state})`;
  return new PipelineError(`Cannot ${what}: ${oneLine(reason)}${suffix}`, {
    code: 'database',
    cause: error,
    hint,
    context: { sqlstate: state },
  });
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
