import type { ErrorReport } from '../core/errors.ts';
import type { RowChange } from '../core/preview.ts';
import type { Fault, Proof, RunStatus } from '../core/run.ts';
import { array, integer, nullable, object, oneOf, string, type Schema, optional } from '../core/schema.ts';
import { EXIT_CODES } from './exit-codes.ts';

/**
 * Building blocks of the documents that `--json` prints. A part with a title is documented once and then referenced.
 */

export function described<T>(schema: Schema<T>, description: string): Schema<T> {
  return { ...schema, description };
}

export function byName<T>(of: Schema<T>, description = ''): Schema<Readonly<Record<string, T>>> {
  return { type: 'object', additionalProperties: of, ...(description !== '' && { description }) };
}

export function anything(description = ''): Schema {
  return description === '' ? {} : { description };
}

export function text(description = ''): Schema<string> {
  return string(description === '' ? {} : { description });
}

export function count(description = ''): Schema<number> {
  return integer({ minimum: 0, ...(description !== '' && { description }) });
}

export function time(description = ''): Schema<string> {
  return string({ format: 'time', ...(description !== '' && { description }) });
}

export const RUN_STATUSES = ['running', 'succeeded', 'partial', 'failed', 'interrupted'] as const;
export function runStatus(description = ''): Schema<RunStatus> {
  return oneOf(RUN_STATUSES, description === '' ? {} : { description });
}

export const errorReport: Schema<ErrorReport> = object(
  {
    code: oneOf(Object.keys(EXIT_CODES) as ErrorReport['code'][], { description: 'decides the exit code' }),
    message: text('one line'),
    hint: nullable(text('what to do next; a command in it calls the program `spacex-pipeline`')),
    retry_at: optional(time('when the other side said to come again; left out where it did not')),
  },
  { title: 'error' },
);

export function error(description: string): Schema<ErrorReport | null> {
  return described(nullable(errorReport), description);
}

export const fault: Schema<Fault> = object(
  {
    path: text("a JSON Pointer into the record; `''` is the record itself"),
    code: text(
      '`required`, `type`, `enum`, `format`, `pattern`, `minimum`, `maximum`: by its contract; `json`: malformed; `encoding`: not UTF-8; `duplicate`: an id again',
    ),
    message: text('what was expected and what was found'),
    value: anything('what was found'),
  },
  { title: 'fault' },
);

export const rowChange: Schema<RowChange> = object(
  {
    kind: oneOf(['inserted', 'updated', 'deleted']),
    key: byName(anything(), 'the columns that identify the row'),
    cells: array(object({ column: text(), before: anything(), after: anything() }), {
      description: 'of an update',
    }),
  },
  { title: 'row change' },
);

export const proof: Schema<Proof> = oneOf(['etag', 'sha256', 'none'], {
  description: 'how a preserved copy was proven to be complete; null for a response of the API itself',
});
