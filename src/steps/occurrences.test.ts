import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { parseRecord } from '../lib/parse-record.ts';
import { Occurrences } from './occurrences.ts';
import { createValidator } from './validate.ts';

type Fields = { readonly id?: string; readonly ok?: boolean };

const check = (record: unknown) =>
  (record as Fields).ok === false
    ? [{ path: '/ok', code: 'const', message: 'must be right', value: false }]
    : null;

/** Validates some pages, and returns the verdict on each record and the held ids. */
function judge(pages: readonly (readonly Fields[])[]): {
  readonly verdicts: string[][];
  readonly held: string[];
} {
  const slices = pages.map((page) =>
    page.map((record, index) => {
      const bytes = Buffer.from(JSON.stringify(record));
      return { bytes, offset: 0, index, parsed: parseRecord(bytes) };
    }),
  );
  const occurrences = new Occurrences();
  for (const page of slices) occurrences.add(page, check);
  const validator = createValidator(check, occurrences);
  const verdicts = slices.map((page, index) =>
    page.map((slice) => {
      const verdict = validator.validate(slice, index + 1);
      if (verdict.valid) return verdict.repeated ? 'repeated' : 'validated';
      return verdict.superseded ? 'superseded' : 'errored';
    }),
  );
  return { verdicts, held: [...validator.heldIds()] };
}

describe('validating an id that occurs on several pages', () => {
  it('uses the newest record', () => {
    assert.deepEqual(judge([[{ id: 'a' }, { id: 'b' }], [{ id: 'a' }], [{ id: 'a' }]]), {
      verdicts: [['repeated', 'validated'], ['repeated'], ['validated']],
      held: [],
    });
  });

  it('uses the newest valid record, and holds the id if a broken record comes later', () => {
    assert.deepEqual(judge([[{ id: 'a' }], [{ id: 'a' }], [{ id: 'a', ok: false }]]), {
      verdicts: [['repeated'], ['validated'], ['errored']],
      held: ['a'],
    });
  });

  it('ignores a broken record if a valid one comes later', () => {
    assert.deepEqual(judge([[{ id: 'a', ok: false }], [{ id: 'a' }]]), {
      verdicts: [['superseded'], ['validated']],
      held: [],
    });
  });

  it('uses the first record on a page, and treats the second as an error', () => {
    assert.deepEqual(judge([[{ id: 'a' }, { id: 'a' }], [{ id: 'b' }]]), {
      verdicts: [['validated', 'errored'], ['validated']],
      held: [],
    });
  });

  it('distinguishes its records from records without a readable id', () => {
    assert.deepEqual(judge([[{ ok: false }, { id: 'a' }], [{ ok: false }]]).verdicts, [
      ['errored', 'validated'],
      ['errored'],
    ]);
  });
});
