import { PipelineError } from '../../core/errors.ts';
import { fileFailure } from '../../lib/file-failure.ts';

/**
 * Turns a file system error into a PipelineError that names the path. `flag` is the command-line option that sets the
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
