import { isUtf8 } from 'node:buffer';

import type { Check } from '../core/check.ts';
import { isStorableText } from '../core/formats.ts';
import type { Fault } from '../core/run.ts';
import type { RecordSlice } from '../lib/json-records.ts';

/** A record is in exactly one of the two. */
export type Verdict =
  | { readonly valid: true; readonly slice: RecordSlice; readonly record: unknown }
  | { readonly valid: false; readonly errored: ErroredRecord };

/** A record that was set aside. */
export type ErroredRecord = {
  readonly slice: RecordSlice;
  /** Null where the record has no readable one. */
  readonly id: string | null;
  /** Did its bytes parse as JSON? */
  readonly parsed: boolean;
  readonly faults: readonly Fault[];
};

export type Validator = {
  readonly validate: (slice: RecordSlice) => Verdict;
  /** Ids that arrived and are of no valid record. */
  readonly heldIds: () => Iterable<string>;
  /** Did a record arrive that nobody can name? Then what is gone cannot be told from what is broken. */
  readonly sawUnreadableId: () => boolean;
};

/** The validate step of one resource: contract, storability, ids that repeat. */
export function createValidator(check: Check): Validator {
  const seen = new Set<string>();
  const held = new Set<string>();
  let unreadable = false;

  function reject(slice: RecordSlice, id: string | null, parsed: boolean, faults: readonly Fault[]): Verdict {
    if (id === null) unreadable = true;
    return { valid: false, errored: { slice, id, parsed, faults } };
  }

  return {
    validate(slice) {
      if (!isUtf8(slice.bytes)) return reject(slice, null, false, [NOT_UTF8]);
      const parsed = parse(slice.bytes);
      if (!parsed.ok) return reject(slice, null, false, [parsed.fault]);
      const { record } = parsed;
      const id = readId(record);
      if (id !== null && seen.has(id)) return reject(slice, id, true, [duplicate(id)]);
      if (id !== null) seen.add(id);
      const faults = check(record);
      if (faults === null) return { valid: true, slice, record };
      if (id !== null) held.add(id);
      return reject(slice, id, true, faults);
    },
    heldIds: () => held,
    sawUnreadableId: () => unreadable,
  };
}

const NOT_UTF8: Fault = {
  path: '',
  code: 'encoding',
  message: 'must be UTF-8, found bytes that are not',
  value: null,
};

function duplicate(id: string): Fault {
  return {
    path: '/id',
    code: 'duplicate',
    message: `must be unique in the response, found ${JSON.stringify(id)} again (the first one counts)`,
    value: id,
  };
}

type Parsed = { readonly ok: true; readonly record: unknown } | { readonly ok: false; readonly fault: Fault };

function parse(bytes: Buffer): Parsed {
  try {
    return { ok: true, record: JSON.parse(bytes.toString('utf8')) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, fault: { path: '', code: 'json', message: `must be JSON: ${reason}`, value: null } };
  }
}

function readId(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, 'id')) return null;
  const { id } = record as { readonly id: unknown };
  return typeof id === 'string' && id !== '' && isStorableText(id) ? id : null;
}
