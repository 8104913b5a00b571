import type { Validation } from '../core/validation.ts';
import type { RecordSlice } from '../lib/json-records.ts';
import { readId } from './validate.ts';

/**
 * Decides which record counts if an id occurs on several pages. Pages are in the order in which they were received, so
 * the last record of an id is the newest. Within one page, the first record counts.
 */
export class Occurrences {
  readonly #newest = new Map<string, number>();
  readonly #newestValid = new Map<string, number>();
  #place = 0;

  /** Adds the next page. */
  add(records: readonly RecordSlice[], validate: Validation): void {
    const seen = new Set<string>();
    for (const { parsed } of records) {
      const place = this.#place++;
      const id = parsed.ok ? readId(parsed.record) : null;
      if (!parsed.ok || id === null || seen.has(id)) continue;
      seen.add(id);
      this.#newest.set(id, place);
      if (validate(parsed.record) === null) this.#newestValid.set(id, place);
    }
  }

  /** Whether the record at that position, counted over all pages, is the newest record with its id. */
  isNewest(id: string, place: number): boolean {
    return this.#newest.get(id) === place;
  }

  /** Whether the record is the newest one with its id that satisfies the contract. If so, the rows come from it. */
  isNewestValid(id: string, place: number): boolean {
    return this.#newestValid.get(id) === place;
  }
}
