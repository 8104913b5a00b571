import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { compareProfiles, noveltiesInPart, noveltyOf, type Drift } from './drift.ts';
import { JSON_TYPES, type Profile, type ProfiledField } from './profile.ts';

function field(path: string, parts: Partial<ProfiledField>): ProfiledField {
  return { path, contract: null, types: {}, absent: 0, records: null, values: [], other_values: 0, ...parts };
}

const ROOT = field('', { contract: ['object'], types: { object: 100 } });

function profile(...fields: readonly ProfiledField[]): Profile {
  return { resource: 'things', records: 100, untold: 0, fields: [ROOT, ...fields] };
}

function told(drifts: readonly Drift[]): unknown[] {
  return drifts.map(({ before, count, found, kind, now, path }) => [kind, path, found, count, before, now]);
}

/** The drift that results from a change to one field. */
function moved(
  path: string,
  before: Partial<ProfiledField> | null,
  now: Partial<ProfiledField> | null,
): unknown[] {
  const fields = (parts: Partial<ProfiledField> | null) => (parts === null ? [] : [field(path, parts)]);
  return told(compareProfiles(profile(...fields(now)), profile(...fields(before))));
}

const text = (string: number, none = 0): Partial<ProfiledField> => ({
  contract: ['string', 'null'],
  types: { ...(string > 0 && { string }), ...(none > 0 && { null: none }) },
});

void describe('drift', () => {
  void it('is empty between any profile and itself', () => {
    const count = fc.integer({ min: 1, max: 1000 });
    const types = fc.dictionary(fc.constantFrom(...JSON_TYPES), count);
    const one = fc.record({
      path: fc
        .array(fc.constantFrom('a', 'b', '*', '__proto__'), { maxLength: 3 })
        .map((parts) => parts.map((part) => `/${part}`).join('')),
      contract: fc.option(fc.subarray([...JSON_TYPES])),
      types,
      absent: fc.nat(1000),
      records: fc.option(count),
      values: fc.uniqueArray(fc.record({ value: fc.string(), count }), { selector: ({ value }) => value }),
      other_values: fc.nat(2),
    });
    const fields = fc.uniqueArray(one, { selector: ({ path }) => path });
    fc.assert(
      fc.property(fields, (all) => {
        const same: Profile = { resource: 'things', records: 1, untold: 0, fields: all };
        assert.deepEqual(compareProfiles(same, same), []);
      }),
    );
  });

  void it('without an earlier profile is only what the contract does not describe, and fields that never appear', () => {
    const now = profile(
      field('/known', { contract: ['string'], types: { string: 98, integer: 2 } }),
      field('/measure', { contract: ['number'], types: { number: 100 } }),
      field('/free', { contract: [], types: { string: 50, object: 50 } }),
      field('/choice', {
        contract: ['string'],
        types: { string: 100 },
        values: [{ value: 'week', count: 3 }],
        other_values: 7,
      }),
      field('/never', { contract: ['string', 'null'], absent: 100 }),
      field('/some', { contract: ['string', 'null'], absent: 99, types: { null: 1 } }),
      field('/more', { types: { object: 5, null: 1 }, absent: 94, records: 6 }),
      field('/more/inside', { types: { integer: 5 }, records: 5 }),
    );
    assert.deepEqual(told(compareProfiles(now, null)), [
      ['new_type', '/known', 'integer', 2, null, null],
      ['new_value', '/choice', 'week', 3, null, null],
      ['new_value', '/choice', null, 7, null, null],
      ['absent', '/never', null, 100, null, 1],
      ['unknown_field', '/more', 'object|null', 6, null, null],
    ]);
  });

  void it('reports a new type once, and nothing inside it', () => {
    const now = profile(
      field('/name', { contract: ['string'], types: { string: 99, object: 1 } }),
      field('/name/first', { types: { object: 1 }, records: 1 }),
      field('/name/first/a', { types: { string: 1 }, records: 1 }),
    );
    assert.deepEqual(told(compareProfiles(now, null)), [['new_type', '/name', 'object', 1, null, null]]);
    const before = profile(field('/name', { contract: ['string'], types: { string: 99, object: 1 } }));
    assert.deepEqual(told(compareProfiles(now, before)), [
      ['unknown_field', '/name/first', 'object', 1, null, null],
    ]);
  });

  void it('includes types and values that neither the contract nor the earlier profile contains', () => {
    const unknown = (types: ProfiledField['types']) => ({ types, records: 100 });
    const cases: [string, Partial<ProfiledField>, Partial<ProfiledField>, string | null][] = [
      ['the same unknown field', unknown({ string: 100 }), unknown({ string: 90 }), null],
      ['an additional type', unknown({ string: 100 }), unknown({ string: 99, boolean: 1 }), 'boolean'],
      [
        'fractions where there were only integers',
        unknown({ integer: 100 }),
        unknown({ integer: 99, number: 1 }),
        'number',
      ],
      ['integers where there were fractions', unknown({ number: 100 }), unknown({ integer: 100 }), null],
      ['null is not a new type', unknown({ string: 100 }), unknown({ string: 99, null: 1 }), null],
      ['a null that the contract allows', text(100), text(99, 1), null],
      [
        'a null that the contract does not allow',
        { contract: ['string'] },
        { contract: ['string'], types: { null: 1 } },
        'null',
      ],
      [
        'the same wrong type',
        { contract: ['string'], types: { null: 1 } },
        { contract: ['string'], types: { null: 2 } },
        null,
      ],
    ];
    for (const [name, before, now, type] of cases) {
      const found = moved('/x', before, now).filter((one) => JSON.stringify(one).includes('new_type'));
      assert.deepEqual(
        found.map((one) => Array.isArray(one) && one[2]),
        type === null ? [] : [type],
        name,
      );
    }
    const week = {
      contract: ['string'],
      types: { string: 100 },
      values: [{ value: 'week', count: 1 }],
      other_values: 1,
    } as const;
    assert.deepEqual(
      moved('/x', week, { ...week, values: [...week.values, { value: 'eon', count: 2 }], other_values: 9 }),
      [['new_value', '/x', 'eon', 2, null, null]],
    );
  });

  void it('includes a share that changed by more than five percentage points and more than five values', () => {
    assert.deepEqual(moved('/x', text(90, 10), text(80, 20)), [['nulls', '/x', null, 20, 0.1, 0.2]]);
    assert.deepEqual(moved('/x', text(99, 1), text(94, 6)), [], 'five percentage points');
    assert.deepEqual(moved('/x', text(990, 10), text(950, 50)), [], 'four percentage points');
    assert.deepEqual(moved('/x', text(4, 1), text(2, 3)), [], 'two values');
    assert.deepEqual(moved('/x', text(1, 1), text(100, 900)), [], 'two values are too few');
    assert.deepEqual(moved('/x', { ...text(80), absent: 20 }, { ...text(60), absent: 40 }), [
      ['absent', '/x', null, 40, 0.2, 0.4],
    ]);
    assert.deepEqual(moved('/x', text(99, 1), text(100)), [], 'the only null disappeared');
    assert.deepEqual(
      moved('/x', { ...text(99), absent: 1 }, text(100)),
      [],
      'the field is now always present',
    );
  });

  void it('includes first appearances and complete disappearances, no matter how few values there are', () => {
    const having = (string: number, absent: number) => ({ ...text(string), absent });
    const cases: [Partial<ProfiledField>, Partial<ProfiledField>, unknown[], string][] = [
      [having(0, 25), having(1, 24), ['absent', '/x', null, 24, 1, 0.96], 'first_appearance'],
      [having(0, 4), { ...text(0, 1), absent: 3 }, ['absent', '/x', null, 3, 1, 0.75], 'first_appearance'],
      [text(0, 4), text(1, 3), ['nulls', '/x', null, 3, 1, 0.75], 'first_appearance'],
      [text(4), text(3, 1), ['nulls', '/x', null, 1, 0, 0.25], 'first_null'],
      [text(1_000_000), text(999_999, 1), ['nulls', '/x', null, 1, 0, 0.000001], 'first_null'],
      [having(4, 0), having(3, 1), ['absent', '/x', null, 1, 0, 0.25], 'first_absence'],
      [having(1, 24), having(0, 25), ['absent', '/x', null, 25, 0.96, 1], 'gone_field'],
      [having(4, 0), having(0, 4), ['absent', '/x', null, 4, 0, 1], 'gone_field'],
      [text(1, 3), text(0, 4), ['nulls', '/x', null, 4, 0.75, 1], 'gone_field'],
    ];
    for (const [before, now, drift, news] of cases) {
      const found = compareProfiles(profile(field('/x', now)), profile(field('/x', before)));
      assert.deepEqual(told(found), [drift]);
      assert.deepEqual(found.map(noveltyOf), [news]);
    }
    assert.deepEqual(moved('/x', text(0), text(0, 4)), [], 'no values before');
    assert.deepEqual(moved('/x', text(4), text(0)), [], 'no values now');
    const [share] = compareProfiles(profile(field('/x', text(80, 20))), profile(field('/x', text(90, 10))));
    assert.equal(share && noveltyOf(share), null, 'a share that only changed');
    const [never] = compareProfiles(profile(field('/x', having(0, 25))), null);
    assert.equal(never && noveltyOf(never), null, 'no earlier profile');
  });

  void it('contains only new findings after an incremental pull', () => {
    const part = (before: Partial<ProfiledField>, now: Partial<ProfiledField>) =>
      noveltiesInPart(compareProfiles(profile(field('/x', now)), profile(field('/x', before))));
    assert.deepEqual(part(text(20, 20), text(0, 2)), [], 'a few values, all null');
    assert.deepEqual(
      part({ ...text(20), absent: 20 }, { absent: 2 }),
      [],
      'a few objects, all without the field',
    );
    const [first] = part(text(40), text(0, 1));
    assert.deepEqual(first, { kind: 'nulls', path: '/x', found: null, count: 1, before: 0, now: null });
    assert.equal(first && noveltyOf(first), 'first_null');
    const [seen] = part({ absent: 40 }, { ...text(1), absent: 1 });
    assert.equal(seen && noveltyOf(seen), 'first_appearance');
  });

  void it('reports a disallowed null only once', () => {
    const strict = (string: number, none: number) => ({
      ...text(string, none),
      contract: ['string'] as const,
    });
    assert.deepEqual(moved('/x', strict(100, 0), strict(80, 20)), [
      ['new_type', '/x', 'null', 20, null, null],
    ]);
  });

  void it('includes an unknown field that disappeared', () => {
    assert.deepEqual(moved('/x', { types: { string: 40 }, records: 40, absent: 60 }, null), [
      ['absent', '/x', null, 100, 0.6, 1],
    ]);
    assert.deepEqual(
      moved('/x/y', { types: { string: 40 }, records: 40, absent: 60 }, null),
      [],
      'its parent disappeared too',
    );
    const before = profile(field('/x', { types: { string: 1 }, records: 1, absent: 99 }));
    assert.deepEqual(told(compareProfiles(profile(), before)), [['absent', '/x', null, 100, 0.99, 1]]);
    const untold = { ...profile(), untold: 1 };
    assert.deepEqual(compareProfiles(untold, before), [], 'the field may be among the unlisted fields');
  });
});
