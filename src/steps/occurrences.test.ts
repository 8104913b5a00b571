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

/** What each record of some pages becomes. */
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

describe('an id that occurs on several pages', () => {
  it('the newest record counts', () => {
    assert.deepEqual(judge([[{ id: 'a' }, { id: 'b' }], [{ id: 'a' }], [{ id: 'a' }]]), {
      verdicts: [['repeated', 'validated'], ['repeated'], ['validated']],
      held: [],
    });
  });

  it('the newest valid one counts, and a broken one after it holds the id', () => {
    assert.deepEqual(judge([[{ id: 'a' }], [{ id: 'a' }], [{ id: 'a', ok: false }]]), {
      verdicts: [['repeated'], ['validated'], ['errored']],
      held: ['a'],
    });
  });

  it('a broken one before it no longer matters', () => {
    assert.deepEqual(judge([[{ id: 'a', ok: false }], [{ id: 'a' }]]), {
      verdicts: [['superseded'], ['validated']],
      held: [],
    });
  });

  it('the first on a page counts, and the second is an error', () => {
    assert.deepEqual(judge([[{ id: 'a' }, { id: 'a' }], [{ id: 'b' }]]), {
      verdicts: [['validated', 'errored'], ['validated']],
      held: [],
    });
  });

  it('each is distinguished from those without a readable id', () => {
    assert.deepEqual(judge([[{ ok: false }, { id: 'a' }], [{ ok: false }]]).verdicts, [
      ['errored', 'validated'],
      ['errored'],
    ]);
  });
});
