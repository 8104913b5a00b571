import { readFile } from 'node:fs/promises';

import { PipelineError, type ErrorCode } from '../../core/errors.ts';
import { errorCode } from '../../lib/error-code.ts';

/**
 * Reads a JSON file that the pipeline wrote; null if it does not exist. Throws an error that names the file if it is
 * damaged or unreadable, because its contents must not be guessed.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows what the pipeline wrote there
export async function readOwnJson<T extends object>(
  path: string,
  { code = 'internal', hint }: { readonly code?: ErrorCode; readonly hint: string },
): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PipelineError(`Cannot read ${path}: ${reason}`, {
      code,
      cause: error,
      hint: 'Check who owns it and whether this user can read it.',
    });
  }
  const value = parse(text);
  if (value === null) throw new PipelineError(`Cannot read ${path}: it is damaged`, { code, hint });
  return value as T; // only the pipeline writes this file, and it does so atomically
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
}

/** Returns null if the text is truncated or empty, which can happen after a power failure. */
function parse(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
