import { PipelineError, type ErrorCode } from '../../core/errors.ts';

/** A folder or disk that cannot be written is a plain failure that names the place. */
export async function writing<T>(
  path: string,
  work: () => Promise<T>,
  {
    code = 'internal',
    hint = 'Make room or give another --data-dir.',
  }: { readonly code?: ErrorCode; readonly hint?: string } = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PipelineError(`Cannot write ${path}: ${reason}`, {
      code,
      cause: error,
      hint,
    });
  }
}
