import { errorCode } from './error-code.ts';

/** Why the file system refused an operation, in words, and what to do next. */
export type FileFailure = { readonly text: string; readonly hint: string };

const PERMISSION =
  'Run as the user who owns it, or give it to this user with chown; --data-dir names another folder.';
const ROOM = 'Make room or give another --data-dir.';
const OPEN_FILES = 'Raise the limit on open files (ulimit -n), or stop the process that has so many open.';

/** By Node's error code. */
const HINTS: Readonly<Record<string, string>> = {
  EACCES: PERMISSION,
  EPERM: PERMISSION,
  EROFS: 'The file system is mounted read-only: give another --data-dir.',
  ENOSPC: ROOM,
  EDQUOT: 'The disk quota is used up: make room or give another --data-dir.',
  EMFILE: OPEN_FILES,
  ENFILE: OPEN_FILES,
  EIO: 'The disk reports an error: look in the system log, and give a --data-dir on another disk.',
  ENOMEM: 'Free some memory, or raise the limit (ulimit -v, the memory of a container).',
  ENOTDIR: 'A file is in the way: give another --data-dir.',
};

export function fileFailure(error: unknown): FileFailure {
  const code = errorCode(error) ?? '';
  return { text: error instanceof Error ? error.message : String(error), hint: HINTS[code] ?? ROOM };
}
