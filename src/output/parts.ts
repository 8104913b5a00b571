import type { ErrorReport } from '../core/errors.ts';
import type { RowChange } from '../core/preview.ts';
import type { ContractFault, Proof, RunStatus } from '../core/run.ts';
import { array, boolean, integer, mapOf, nullable, object, oneOf, optional, string } from '../core/schema.ts';
import type { Schema } from '../core/schema.ts';
import { EXIT_CODES } from './exit-codes.ts';

/**
 * Building blocks for the documents that `--json` prints, each with its description for docs/json.md. A part with a
 * title is documented once and then referenced.
 */

export function described<T>(schema: Schema<T>, description: string): Schema<T> {
  return description === '' ? schema : { ...schema, description };
}

export function text(description = ''): Schema<string> {
  return described(string(), description);
}

export function count(description = ''): Schema<number> {
  return described(integer({ minimum: 0 }), description);
}

export function flag(description = ''): Schema<boolean> {
  return described(boolean(), description);
}

/** ISO 8601 in UTC. */
export function time(description = ''): Schema<string> {
  return described(string({ format: 'time' }), description);
}

export function choice<const V extends readonly string[]>(values: V, description = ''): Schema<V[number]> {
  return described(oneOf(values), description);
}

export function list<T>(of: Schema<T>, description = ''): Schema<readonly T[]> {
  return described(array(of), description);
}

export function byName<T>(of: Schema<T>, description = ''): Schema<Readonly<Record<string, T>>> {
  return described(mapOf(of), description);
}

export function anything(description = ''): Schema {
  return described({}, description);
}

export const RUN_STATUSES = ['running', 'succeeded', 'partial', 'failed', 'interrupted'] as const;
export const runStatus: Schema<RunStatus> = choice(RUN_STATUSES);

export const errorReport: Schema<ErrorReport> = object(
  {
    code: choice(Object.keys(EXIT_CODES) as ErrorReport['code'][], 'determines the exit code'),
    message: text('one line'),
    hint: nullable(text('what to do next; commands in it start with `spacex-pipeline`')),
    retry_at: optional(time('the earliest time for a retry, if the server set one; otherwise missing')),
  },
  { title: 'error' },
);

export function error(description: string): Schema<ErrorReport | null> {
  return described(nullable(errorReport), description);
}

export const fault: Schema<ContractFault> = object(
  {
    path: text("a JSON Pointer into the record; `''` is the record itself"),
    code: text(
      '`required`, `type`, `enum`, `format`, `pattern`, `minimum`, `maximum`: the contract rule that the record broke; `json`: malformed; `encoding`: not UTF-8; `duplicate`: an id that occurred before',
    ),
    message: text('what was expected and what was found'),
    value: anything('what was found'),
  },
  { title: 'fault' },
);

export const rowChange: Schema<RowChange> = object(
  {
    kind: choice(['inserted', 'updated', 'deleted']),
    key: byName(anything(), 'the columns that identify the row, with their values'),
    cells: list(
      object({ column: text(), before: anything(), after: anything() }),
      'only for an update, otherwise empty',
    ),
  },
  { title: 'row change' },
);

export const proof: Schema<Proof> = choice(
  ['etag', 'sha256', 'none'],
  'how a preserved copy was verified to be complete; null for a response from the API itself',
);

export const severity = choice(['error', 'warning', 'info']);
