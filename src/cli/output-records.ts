import type { CheckReport, CheckRow } from '../app/checks.ts';
import type { DriftReport } from '../app/drift.ts';
import type { Explanation } from '../app/explain.ts';
import type { Reject } from '../app/history.ts';
import type { RejectLine } from '../app/rejects.ts';
import {
  array,
  boolean,
  integer,
  nullable,
  number,
  object,
  oneOf,
  string,
  type Schema,
} from '../core/schema.ts';
import { anything, byName, count, fault, proof, runStatus, text, time } from './output-parts.ts';

/** The output about records, as JSON Schema. The compiler checks it against the printed types. */

export const rejectDocument: Schema<Reject> = object({
  resource: text(),
  index: count('in the response, from 0'),
  id: nullable(text('null where it cannot be read')),
  errors: array(fault),
  record: anything('as it came; text where it is no JSON'),
});

export const REJECT_LINE = {
  resource: text(),
  id: text('of the record'),
  fingerprint: text('of the way in which it broke its contract'),
  status: oneOf(['open', 'fixed', 'gone', 'waived']),
  reason: nullable(text('why it was waived')),
  first_run_id: text(),
  last_run_id: text(),
  first_seen: time(),
  last_seen: time(),
  times: count('runs that saw it'),
  errors: array(fault),
};
export const rejectLine: Schema<RejectLine> = object(REJECT_LINE);

export const checkDocument: Schema<CheckReport> = object({
  name: text(),
  source: text(),
  resource: text(),
  severity: oneOf(['error', 'warning', 'info']),
  count: nullable(count('rows that broke it; null: it was not made')),
  error: nullable(text('why it could not be made')),
  description: text(),
});
export const checkRow: Schema<CheckRow> = object({ id: text(), detail: text() });

export const driftDocument: Schema<DriftReport> = object({
  run_id: text(),
  resources: byName(
    object({
      against: nullable(
        text('the newest earlier run in the data folder that left a profile; null: the contract alone'),
      ),
      records: count('that were JSON, errored ones included'),
      untold: count(
        'values of unknown fields that are not told apart: of an unknown field after the 256th, or below 16 levels',
      ),
      moved: array(
        object({
          kind: oneOf(['unknown_field', 'new_type', 'new_value', 'nulls', 'absent'], {
            description:
              'unknown_field: the contract does not know it, what is inside is not told again. new_type: the contract does not admit it; of an unknown field: not there before. new_value: none of those that the contract lists, or of the right type but unusable, so that it became null or was left out. nulls: their share moved. absent: the share of objects without the field moved',
          }),
          path: text(
            'JSON Pointer into the record, * for any index of an array; names are cut after 64 characters',
          ),
          found: nullable(
            text(
              'the type, of an unknown field all types by a bar; the value, null for all after the 20th at one pointer',
            ),
          ),
          count: count(
            'records with an unknown field; values of that type; equal values; nulls; objects without the field',
          ),
          before: nullable(number({ minimum: 0, maximum: 1, description: 'the share' })),
          now: nullable(
            number({
              minimum: 0,
              maximum: 1,
              description: 'null too where only what had changed was pulled',
            }),
          ),
        }),
      ),
    }),
  ),
});

export const explainDocument: Schema<Explanation> = object({
  table: text(),
  id: text(),
  resource: text(),
  key: array(string(), { description: 'the columns that identify the rows' }),
  rows: array(byRow(), {
    description: 'all columns of the rows that the record was made into; empty where they are gone',
  }),
  tombstones: array(
    object({
      run_id: text(),
      deleted_at: time(),
      row: byName(anything(), 'as it last was, in the JSON of PostgreSQL'),
    }),
    { description: 'newest first; kept where the row came back' },
  ),
  runs: array(
    object({
      run_id: text(),
      status: runStatus(),
      address: text(),
      simulated: nullable(boolean()),
      started_at: time(),
      finished_at: nullable(time()),
      host: text(),
      run_dir: text(),
    }),
    { description: 'that rows and tombstones name, oldest first' },
  ),
  records: array(
    object({
      run_id: text('the newest published run that read this body, after a 304 a later one'),
      received_by: text('the run that received it'),
      path: text('the raw file'),
      offset: count('where the record starts in it, in bytes'),
      length: count('in bytes'),
      index: count('in the response, from 0'),
      sha256: text('of the complete file'),
      request: object({
        url: nullable(text()),
        status: nullable(integer()),
        etag: nullable(text()),
        received_at: nullable(time()),
        captured_at: nullable(time('when a preserved copy was made')),
        proof: nullable(proof),
      }),
      errors: nullable(
        array(fault, { description: 'why it broke its contract, so that an older one is behind the row' }),
      ),
      record: text('its bytes, which are UTF-8, as text'),
    }),
    {
      description:
        'from raw files that are there and whole, newest first; the last one is behind the row. Of a table that keeps all of its rows: the record behind each',
    },
  ),
  lost: array(
    object({
      run_id: text(),
      host: text(),
      reason: oneOf(['elsewhere', 'missing', 'damaged'], {
        description:
          'missing: pruned or moved; elsewhere: kept on another host; damaged: other bytes are there',
      }),
      path: text(),
      url: text(),
      bytes: count(),
      sha256: text(),
      etag: nullable(text()),
      received_by: text(),
      captured_at: nullable(time()),
      proof: nullable(proof),
    }),
    {
      description:
        'raw files in which a newer record, or the one behind a row, may be, and that cannot be read, as the ledger knows them',
    },
  ),
  unproven: array(byName(anything()), {
    description: 'keys of the rows of which no raw file that is kept has the record',
  }),
});

function byRow(): Schema<Explanation['rows'][number]> {
  return { type: 'object', required: ['_run_id', '_first_run_id', '_loaded_at'] };
}
