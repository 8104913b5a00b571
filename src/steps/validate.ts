import type { Validation } from '../core/validation.ts';
import { isStorableText } from '../core/formats.ts';
import type { ContractFault } from '../core/run.ts';
import type { RecordSlice } from '../lib/json-records.ts';
import type { ParsedRecord } from '../lib/parse-record.ts';
import type { Occurrences } from './occurrences.ts';

/** A record is either valid or errored. */
export type Verdict = ValidRecord | ErroredRecord;

export type ValidRecord = {
  readonly valid: true;
  readonly slice: RecordSlice;
  readonly record: unknown;
  /**
   * True if a newer valid record with the same id also arrived. This record then produces rows only in tables that keep
   * all rows.
   */
  readonly repeated: boolean;
};

/** A record that was set aside. */
export type ErroredRecord = {
  readonly valid: false;
  readonly slice: RecordSlice;
  /** The number of its page, from 1. */
  readonly page: number;
  /** Null if the record has no readable id. */
  readonly id: string | null;
  readonly faults: readonly ContractFault[];
  /** True if a newer record with the same id also arrived, so this one needs no attention. */
  readonly superseded: boolean;
};

export type Validator = {
  /** `page` is the page of the record; pages must be passed in order. */
  readonly validate: (slice: RecordSlice, page: number) => Verdict;
  /** Ids whose newest record is invalid. */
  readonly heldIds: () => Iterable<string>;
  /**
   * Whether a record without a readable id arrived. If so, deleted records cannot be distinguished from broken ones.
   */
  readonly sawUnreadableId: () => boolean;
};

/**
 * The validation step for one resource: contract, storability, repeated ids. If an id can be on several pages,
 * `occurrences` decides which record counts. Without it, an id may occur only once.
 */
export function createValidator(faultsOf: Validation, occurrences: Occurrences | null = null): Validator {
  const seen = new Set<string>();
  const held = new Set<string>();
  let unreadable = false;
  let place = -1;
  let lastPage = 0;

  const isNewest = (id: string): boolean => occurrences === null || occurrences.isNewest(id, place);
  const isRepeated = (record: unknown): boolean => {
    const id = occurrences === null ? null : readId(record);
    return id !== null && occurrences?.isNewestValid(id, place) === false;
  };

  function reject(
    { page, slice }: Pick<ErroredRecord, 'page' | 'slice'>,
    id: string | null,
    faults: readonly ContractFault[],
    superseded = false,
  ): Verdict {
    if (id === null) unreadable = true;
    return { valid: false, slice, page, id, faults, superseded };
  }

  return {
    validate(slice, page) {
      const { parsed } = slice;
      const where = { slice, page };
      place += 1;
      if (occurrences !== null && page !== lastPage) seen.clear();
      lastPage = page;
      if (!parsed.ok) return reject(where, null, [unreadableFault(parsed)]);
      const { record } = parsed;
      const id = readId(record);
      if (id !== null && seen.has(id)) return reject(where, id, [duplicate(id)]);
      if (id !== null) seen.add(id);
      const faults = faultsOf(record);
      if (faults === null) return { valid: true, slice, record, repeated: isRepeated(record) };
      if (id === null) return reject(where, id, faults);
      if (isNewest(id)) held.add(id);
      return reject(where, id, faults, !isNewest(id));
    },
    heldIds: () => held,
    sawUnreadableId: () => unreadable,
  };
}

function unreadableFault({ code, reason }: Extract<ParsedRecord, { ok: false }>): ContractFault {
  return { path: '', code, message: reason, value: null };
}

function duplicate(id: string): ContractFault {
  return {
    path: '/id',
    code: 'duplicate',
    message: `must be unique in the response, found ${JSON.stringify(id)} again (the first one counts)`,
    value: id,
  };
}

/** The id of a record; null if it has none that a row can use. */
export function readId(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, 'id')) return null;
  const { id } = record as { readonly id: unknown };
  return typeof id === 'string' && id !== '' && isStorableText(id) ? id : null;
}
