import { errorCode } from './error-code.ts';

/** Why a file system operation failed, in words, and what to do about it. */
export type FileFailure = { readonly text: string; readonly hint: string };

const PERMISSION =
  'Run as the user who owns it, change its owner with chown, or choose a different --data-dir.';
const ROOM = 'Free up disk space, or choose a different --data-dir.';
const OPEN_FILES = 'Raise the limit on open files (ulimit -n), or stop processes that have many files open.';

/** Hints by Node's error code. */
const HINTS: Readonly<Record<string, string>> = {
  EACCES: PERMISSION,
  EPERM: PERMISSION,
  EROFS: 'The file system is mounted read-only. Choose a different --data-dir.',
  ENOSPC: ROOM,
  EDQUOT: 'The disk quota is exhausted. Free up space, or choose a different --data-dir.',
  EMFILE: OPEN_FILES,
  ENFILE: OPEN_FILES,
  EIO: 'The disk reported an error. Check the system log, and choose a --data-dir on a different disk.',
  ENOMEM: "Free some memory, or raise the memory limit (ulimit -v, or the container's limit).",
  ENOTDIR: 'A file is in the way. Choose a different --data-dir.',
};

export function fileFailure(error: unknown): FileFailure {
  const code = errorCode(error) ?? '';
  return { text: error instanceof Error ? error.message : String(error), hint: HINTS[code] ?? ROOM };
}
