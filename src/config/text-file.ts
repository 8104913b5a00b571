import { readFile } from 'node:fs/promises';

import { PipelineError, reasonOf } from '../core/errors.ts';
import { errorCode } from '../lib/error-code.ts';

/** Reads a UTF-8 file, with or without a byte order mark. Returns null if the file is missing. Throws `usage`. */
export async function readTextFile(
  path: string,
  name: string,
  absent: readonly string[],
): Promise<string | null> {
  try {
    return decode(await readFile(path), name);
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    if (absent.includes(errorCode(error) ?? '')) return null;
    throw new PipelineError(`Cannot read ${name}: ${reasonOf(error)}`, {
      code: 'usage',
      cause: error,
      hint: 'Check that it is a file and that you can read it.',
    });
  }
}

function decode(bytes: Buffer, name: string): string {
  if (/^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2)))
    throw wrong(name, 'it is UTF-16, not UTF-8');
  const text = decodeUtf8(bytes);
  if (text !== null) return text;
  let line = 1;
  for (let start = 0, end = 0; end !== -1; start = end + 1, line++) {
    end = bytes.indexOf('\n', start);
    if (decodeUtf8(bytes.subarray(start, end === -1 ? undefined : end)) === null) break;
  }
  throw wrong(name, `line ${line} is not UTF-8`);
}

/** Returns null if the bytes are not UTF-8, or contain NUL, which is common in UTF-16 without a byte order mark. */
function decodeUtf8(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function wrong(name: string, reason: string): PipelineError {
  return new PipelineError(`Cannot read ${name}: ${reason}`, {
    code: 'usage',
    hint: 'Save it as UTF-8, in your editor or with iconv.',
  });
}
