import { PipelineError } from '../../core/errors.ts';
import { fileFailure } from '../../lib/file-failure.ts';

/** A folder or disk that cannot be written is a plain failure that names the place. `flag` is what chose it. */
export async function writing<T>(
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
