import type { Drift } from '../core/drift.ts';
import { integer, nullable, number, object, type Schema, type Static } from '../core/schema.ts';
import { anything, byName, choice, count, fault, flag, list, proof } from './parts.ts';
import { runStatus, severity, text, time } from './parts.ts';
import { RAW_FILE } from './runs.ts';

export const rejectDocument = object({
  resource: text(),
  index: count('in the response, from 0'),
  id: nullable(text('null if it cannot be read')),
  errors: list(fault),
  record: anything('as it was received; text if it is not JSON'),
});
export type Reject = Static<typeof rejectDocument>;

const REJECT_LINE = {
  resource: text(),
  id: text('of the record'),
  fingerprint: text('identifies the way in which it broke its contract'),
  status: choice(['open', 'fixed', 'gone', 'waived']),
  reason: nullable(text('why it was waived')),
  first_run_id: text(),
  last_run_id: text(),
  first_seen: time(),
  last_seen: time(),
  times: count('number of runs in which it occurred'),
  errors: list(fault),
};
export const rejectLine = object(REJECT_LINE);
export type RejectLine = Static<typeof rejectLine>;

export const shownReject = object({
  ...REJECT_LINE,
  record: nullable(text('its bytes as text; null if they are no longer available')),
});

export const checkDocument = object({
  name: text(),
  source: text(),
  resource: text(),
  severity,
  count: nullable(count('rows that broke it; null: it was not run')),
  error: nullable(text('why it could not be run')),
  description: text(),
});
export type CheckReport = Static<typeof checkDocument>;

export const checkRow = object({ id: text(), detail: text() });
export type CheckRow = Static<typeof checkRow>;

const SHARE = { minimum: 0, maximum: 1 };

const drift: Schema<Drift> = object({
  kind: choice(
    ['unknown_field', 'new_type', 'new_value', 'nulls', 'absent'],
    'unknown_field: the contract does not know it; what is inside it is not listed again. new_type: the contract does not allow it; for an unknown field: it was not there before. new_value: none of those that the contract lists, or of the right type but unusable, so that it became null or was left out. nulls: their share changed. absent: the share of objects without the field changed',
  ),
  path: text(
    'JSON Pointer into the record, * for any index of an array; names are truncated to 64 characters',
  ),
  found: nullable(
    text(
      'the type (for an unknown field, all types, separated by |), or the value; null for every value after the 20th at one pointer',
    ),
  ),
  count: count(
    'records with an unknown field; values of that type; equal values; nulls; objects without the field',
  ),
  before: nullable(number({ ...SHARE, description: 'the share' })),
  now: nullable(number({ ...SHARE, description: 'null also if only changes were pulled' })),
});

export const driftDocument = object({
  run_id: text(),
  resources: byName(
    object({
      against: nullable(
        text('the newest earlier run in the data folder that left a profile; null: only the contract'),
      ),
      records: count('records that were valid JSON, including errored ones'),
      untold: count(
        'values of unknown fields that are not listed individually: in unknown fields after the 256th, or below 16 levels',
      ),
      moved: list(drift),
    }),
  ),
});
export type DriftReport = Static<typeof driftDocument>;

const foundRecord = object({
  run_id: text('the newest published run that read this body: after a 304, a later one'),
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
  errors: nullable(list(fault, 'why it broke its contract, so that the row comes from an older record')),
  record: text('its bytes, which are UTF-8, as text'),
});
export type FoundRecord = Static<typeof foundRecord>;

const lostRaw = object({
  run_id: text(),
  host: text(),
  reason: choice(
    ['elsewhere', 'missing', 'damaged'],
    'missing: pruned or moved; elsewhere: on another host; damaged: its bytes have changed',
  ),
  ...RAW_FILE,
  path: text('where it was'),
});
export type LostRaw = Static<typeof lostRaw>;

type Row = Readonly<Record<string, unknown>> & {
  readonly _run_id: string;
  readonly _first_run_id: string;
  readonly _loaded_at: string;
};
const row: Schema<Row> = { type: 'object', required: ['_run_id', '_first_run_id', '_loaded_at'] };

export const explainDocument = object({
  table: text(),
  id: text(),
  resource: text(),
  key: list(text(), 'the columns that identify the rows'),
  rows: list(row, 'the rows made from the record, with all columns; empty if they were deleted'),
  tombstones: list(
    object({
      run_id: text(),
      deleted_at: time(),
      row: byName(anything(), 'its last state, as JSON written by PostgreSQL'),
    }),
    'newest first; they stay if the row came back',
  ),
  runs: list(
    object({
      run_id: text(),
      status: runStatus,
      address: text(),
      simulated: nullable(flag()),
      started_at: time(),
      finished_at: nullable(time()),
      host: text(),
      run_dir: text(),
    }),
    'those that rows and tombstones refer to, oldest first',
  ),
  records: list(
    foundRecord,
    'from intact raw files, newest first; the row was made from the last one. For a table that keeps all its rows: the record of each',
  ),
  lost: list(
    lostRaw,
    'unreadable raw files that may hold a newer record, or the record of a row, as the ledger describes them',
  ),
  unproven: list(byName(anything()), 'keys of rows whose record is in no raw file that still exists'),
});
export type Explanation = Static<typeof explainDocument>;
