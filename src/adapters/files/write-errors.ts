import { PipelineError } from '../../core/errors.ts';
import { fileFailure } from '../../lib/file-failure.ts';

/**
 * Turns a failure to write a folder or disk into a plain error that names the path. `flag` is the option that set the
 * path.
 */
export async function wrapWriteErrors<T>(
  path: string,
  work: () => Promise<T>,
  { flag = '--data-dir' }: { readonly flag?: string } = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { text, hint } = fileFailure(error);
    throw new PipelineError(`Cannot write ${path}: ${text}`, {
      code: 'internal',
      cause: error,
      hint: hint.replaceAll('--data-dir', flag),
    });
  }
}
