import type { ErrorCode } from '../core/errors.ts';

/** The exit code of a failed command. Nothing else determines it. */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  internal: 1,
  books: 1,
  need: 1,
  usage: 2,
  kind: 2,
  source: 3,
  rejects: 4,
  vanished: 4,
  database: 5,
  migration: 6,
  busy: 7,
  changes: 10,
  attention: 10,
  interrupted: 130,
};

/** The meanings of the exit codes, for the docs. */
export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'any other failure; books that do not balance, or rows that differ from what was published',
  2: 'an invalid flag, argument or configuration; an attempt to mix simulated and real records',
  3: 'the source was unavailable, or its response was invalid',
  4: 'too many records broke their contract, or too many rows would vanish',
  5: 'the database failed, or the SQL that `query` ran failed',
  6: 'the schema is older or newer than this program, or was created by different migrations',
  7: 'another run or process is using the database',
  10: 'the command worked, but the result needs attention: `plan` found that a run would change something, `checks` or `drift` found something that `--fail-on` covers, or `status` found a source that needs attention',
  130: 'Ctrl-C, SIGTERM or SIGHUP',
};
