import type { Check } from '../core/check.ts';
import { isStorableText } from '../core/formats.ts';
import type { Fault } from '../core/run.ts';
import type { RecordSlice } from '../lib/json-records.ts';
import type { ParsedRecord } from '../lib/parse-record.ts';

/** A record is in exactly one of the two. */
export type Verdict =
  | { readonly valid: true; readonly slice: RecordSlice; readonly record: unknown }
  | { readonly valid: false; readonly errored: ErroredRecord };

/** A record that was set aside. */
export type ErroredRecord = {
  readonly slice: RecordSlice;
  /** The page that it is on, from 1. */
  readonly page: number;
  /** Null where the record has no readable one. */
  readonly id: string | null;
  readonly faults: readonly Fault[];
};

export type Validator = {
  /** `page` is where the record is. */
  readonly validate: (slice: RecordSlice, page: number) => Verdict;
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

  function reject(
    { page, slice }: Pick<ErroredRecord, 'page' | 'slice'>,
    id: string | null,
    faults: readonly Fault[],
  ): Verdict {
    if (id === null) unreadable = true;
    return { valid: false, errored: { slice, page, id, faults } };
  }

  return {
    validate(slice, page) {
      const { parsed } = slice;
      const place = { slice, page };
      if (!parsed.ok) return reject(place, null, [unreadableFault(parsed)]);
      const { record } = parsed;
      const id = readId(record);
      if (id !== null && seen.has(id)) return reject(place, id, [duplicate(id)]);
      if (id !== null) seen.add(id);
      const faults = check(record);
      if (faults === null) return { valid: true, slice, record };
      if (id !== null) held.add(id);
      return reject(place, id, faults);
    },
    heldIds: () => held,
    sawUnreadableId: () => unreadable,
  };
}

function unreadableFault({ code, reason }: Extract<ParsedRecord, { ok: false }>): Fault {
  return { path: '', code, message: reason, value: null };
}

function duplicate(id: string): Fault {
  return {
    path: '/id',
    code: 'duplicate',
    message: `must be unique in the response, found ${JSON.stringify(id)} again (the first one counts)`,
    value: id,
  };
}

/** The id of a record, null where it has none that a row could have. */
export function readId(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, 'id')) return null;
  const { id } = record as { readonly id: unknown };
  return typeof id === 'string' && id !== '' && isStorableText(id) ? id : null;
}
