import type { Drift } from '../core/drift.ts';
import { integer, nullable, number, object, type Schema, type Static } from '../core/schema.ts';
import { anything, byName, choice, count, fault, flag, list, proof } from './parts.ts';
import { runStatus, severity, text, time } from './parts.ts';
import { RAW_FILE } from './runs.ts';

export const rejectDocument = object({
  resource: text(),
  index: count('the position in the response, from 0'),
  id: nullable(text('null if it cannot be read')),
  errors: list(fault),
  record: anything('as received; text if it is not JSON'),
});
export type Reject = Static<typeof rejectDocument>;

const REJECT_LINE = {
  resource: text(),
  id: text('the id of the record'),
  fingerprint: text('identifies how the record broke its contract'),
  status: choice(['open', 'fixed', 'gone', 'waived']),
  reason: nullable(text('why it was waived')),
  first_run_id: text(),
  last_run_id: text(),
  first_seen: time(),
  last_seen: time(),
  times: count('the number of runs in which it occurred'),
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
  count: nullable(count('the number of rows that violate the check; null: the check did not run')),
  error: nullable(text('why the check could not run')),
  description: text(),
});
export type CheckReport = Static<typeof checkDocument>;

export const checkRow = object({ id: text(), detail: text() });
export type CheckRow = Static<typeof checkRow>;

const SHARE = { minimum: 0, maximum: 1 };

const drift: Schema<Drift> = object({
  kind: choice(
    ['unknown_field', 'new_type', 'new_value', 'nulls', 'absent'],
    'unknown_field: the contract does not contain the field; fields inside it are not listed separately. new_type: the contract does not allow the type; for an unknown field: the type had not occurred before. new_value: the contract does not list the value, or the value has the right type but is unusable, so it became null or was omitted. nulls: the share of nulls changed. absent: the share of objects without the field changed',
  ),
  path: text(
    'a JSON Pointer into the record, with * for any array index; names are truncated to 64 characters',
  ),
  found: nullable(
    text(
      'the type (for an unknown field, all types, separated by |) or the value; null for every value after the 20th at the same pointer',
    ),
  ),
  count: count(
    'depending on the kind: records with the unknown field, values of the new type, occurrences of the new value, nulls, or objects without the field',
  ),
  before: nullable(
    number({
      ...SHARE,
      description:
        'the share in the earlier profile; null if there is no earlier profile, or if the kind is neither `nulls` nor `absent`',
    }),
  ),
  now: nullable(
    number({
      ...SHARE,
      description:
        'the share in this run; null if only changes were pulled, or if the kind is neither `nulls` nor `absent`',
    }),
  ),
});

export const driftDocument = object({
  run_id: text(),
  resources: byName(
    object({
      against: nullable(
        text(
          'the run that this run is compared with: the newest earlier run in the data folder that has a profile; null: only the contract',
        ),
      ),
      records: count('records that were valid JSON, including errored ones'),
      untold: count(
        'values of unknown fields that are not listed individually: in unknown fields after the 256th, or more than 16 levels deep',
      ),
      moved: list(drift),
    }),
  ),
});
export type DriftReport = Static<typeof driftDocument>;

const foundRecord = object({
  run_id: text(
    'the newest published run that read this body; after a 304, this is a later run than `received_by`',
  ),
  received_by: text('the run that received it'),
  path: text('the raw file'),
  offset: count('where the record starts in the file, in bytes'),
  length: count('in bytes'),
  index: count('the position in the response, from 0'),
  sha256: text('the hash of the complete file'),
  request: object({
    url: nullable(text()),
    status: nullable(integer()),
    etag: nullable(text()),
    received_at: nullable(time()),
    captured_at: nullable(time('when a preserved copy was captured')),
    proof: nullable(proof),
  }),
  errors: nullable(
    list(fault, 'how the record broke its contract, if it did; the row then comes from an older record'),
  ),
  record: text('its bytes, which are valid UTF-8, as text'),
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
  path: text('where the file was'),
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
  rows: list(row, 'the rows derived from the record, with all columns; empty if they were deleted'),
  tombstones: list(
    object({
      run_id: text(),
      deleted_at: time(),
      row: byName(anything(), 'its last state, as JSON written by PostgreSQL'),
    }),
    'newest first; a tombstone stays even if its row comes back',
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
    'the runs that the rows and tombstones refer to, oldest first',
  ),
  records: list(
    foundRecord,
    'from intact raw files, newest first; the row was derived from the last one. For a table that keeps all its rows: the record of each row',
  ),
  lost: list(
    lostRaw,
    'unreadable raw files, as recorded in the ledger, that may contain a newer record or the record of a row',
  ),
  unproven: list(byName(anything()), 'keys of rows whose record is not in any of the remaining raw files'),
});
export type Explanation = Static<typeof explainDocument>;
