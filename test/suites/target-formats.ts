import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import * as fc from 'fast-check';

import { compileValidation } from '../../src/core/validation.ts';
import { bigint, integer, number, text } from '../../src/core/contract.ts';
import { isCalendarDate, isStorableText, isTimestamp, utcOffsetMinutes } from '../../src/core/formats.ts';
import { ANY_LOSS, load, openLab, type Lab, type OpenDatabase } from './target-lab.ts';
import { part, parts } from './target-resources.ts';

const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
const year = fc.oneof(fc.constantFrom(0, 1, 4, 1900, 2000, 2024, 9999), fc.integer({ min: 0, max: 9999 }));
const date = fc.tuple(year, two(13), two(32)).map(([y, m, d]) => `${String(y).padStart(4, '0')}-${m}-${d}`);
const fraction = fc.option(fc.stringMatching(/^\.[0-9]{1,9}$/), { nil: '' });
const zone = fc.oneof(
  fc.constant('Z'),
  fc.tuple(fc.constantFrom('+', '-'), two(17), two(61)).map(([sign, h, m]) => `${sign}${h}:${m}`),
);
const timestamp = fc
  .tuple(date, two(25), two(61), two(61), fraction, zone)
  .map(([day, h, m, s, f, z]) => `${day}T${h}:${m}:${s}${f}${z}`);

const TIMESTAMPS = [
  '0001-01-01T00:00:00Z',
  '0001-01-01T00:00:00.000000001+15:59',
  '9999-12-31T23:59:59.999999999+00:00',
  '9999-12-31T23:59:59.999999999-15:59',
  '2024-02-29T23:59:59.9999995Z',
  '2000-02-29T00:00:00-00:00',
];
const REFUSED = [
  '0000-12-31T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '2006-04-31T00:00:00Z',
  '2006-13-01T00:00:00Z',
  '2006-01-01T25:00:00Z',
  '2006-01-01T00:60:00Z',
  '2006-01-01T00:00:61Z',
  '2006-01-01T00:00:00+16:00',
  '2006-01-01T00:00:00-16:00',
  '2006-01-01T00:00:00+15:60',
  '300000-01-01T00:00:00Z',
  'yesterdaynoon',
];

/** Tests that PostgreSQL stores everything that a contract accepts. */
export function testFormats(openDatabase: OpenDatabase): void {
  describe('values that a contract accepts', () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab(openDatabase);
    });
    after(() => lab.close());

    /** The seconds since 1970, or null if PostgreSQL rejects the text. */
    async function stored(value: string, type: string): Promise<number | null> {
      const found = await lab.session
        .rows<{ at: number }>(`SELECT extract(epoch FROM $1::text::${type})::float8 AS at`, [value])
        .catch(() => null);
      return found?.[0]?.at ?? null;
    }

    it('are timestamps that PostgreSQL reads as the same instant', async () => {
      for (const value of TIMESTAMPS) {
        assert.ok(isTimestamp(value), value);
        assert.notEqual(await stored(value, 'timestamptz'), null, value);
      }
      for (const value of REFUSED) {
        assert.equal(isTimestamp(value), false, value);
        assert.equal(await stored(value, 'timestamptz'), null, value);
      }
      let admitted = 0;
      await fc.assert(
        fc.asyncProperty(timestamp, async (value) => {
          const at = await stored(value, 'timestamptz');
          if (!isTimestamp(value)) return;
          admitted++;
          assert.notEqual(at, null, value);
          const local = await stored(value.replace(/(Z|[+-]\d\d:\d\d)$/, ''), 'timestamp');
          assert.ok(Math.abs((local ?? 0) - utcOffsetMinutes(value) * 60 - (at ?? 0)) < 1e-3, value);
          const instant = Date.parse(value.replace(/\.\d+/, ''));
          assert.ok(Math.abs(instant / 1000 - (at ?? 0)) <= 1, value);
        }),
        { numRuns: 250, endOnFailure: true },
      );
      assert.ok(admitted > 60, `only ${admitted} of the samples were timestamps`);
    });

    it('are exactly the dates that PostgreSQL accepts', async () => {
      for (const value of ['0001-01-01', '9999-12-31', '2024-02-29', '2000-02-29']) {
        assert.ok(isCalendarDate(value));
        assert.notEqual(await stored(value, 'date'), null, value);
      }
      await fc.assert(
        fc.asyncProperty(date, async (value) => {
          assert.equal(isCalendarDate(value), (await stored(value, 'date')) !== null, value);
        }),
        { numRuns: 150, endOnFailure: true },
      );
    });

    it('are exactly the strings that PostgreSQL stores unchanged', async () => {
      const units = fc.constantFrom('\0', '\uD800', '\uDC00', 'a', '🚀', '\uFFFF');
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: units, maxLength: 6 }), async (value) => {
          const found = await lab.session
            .rows<{ value: string }>('SELECT $1::text AS value', [value])
            .catch(() => []);
          assert.equal(isStorableText(value), found[0]?.value === value);
        }),
        { numRuns: 60, endOnFailure: true },
      );
    });

    it('are unchanged after a round trip through CSV and COPY', async () => {
      const admits = {
        note: compileValidation(text()),
        amount: compileValidation(bigint()),
        grade: compileValidation(integer()),
        ratio: compileValidation(number()),
      };
      const anyNumber = fc.oneof(
        fc.double(),
        fc.integer(),
        fc.maxSafeInteger(),
        fc.constantFrom(
          2 ** 31,
          -(2 ** 31),
          2 ** 31 - 1,
          2 ** 53,
          -(2 ** 53),
          1e21,
          5e-324,
          2.2e-308,
          -0,
          1.5,
        ),
      );
      const anyText = fc.string({ unit: 'binary' });
      const record = fc
        .record({ note: anyText, amount: anyNumber, grade: anyNumber, ratio: anyNumber })
        .map((values) => ({
          note: admits.note(values.note) === null ? values.note : null,
          amount: admits.amount(values.amount) === null ? values.amount : null,
          grade: admits.grade(values.grade) === null ? values.grade : null,
          ratio: admits.ratio(values.ratio) === null ? values.ratio : null,
        }));
      await fc.assert(
        fc.asyncProperty(fc.array(record, { minLength: 30, maxLength: 60 }), async (records) => {
          const main = records.map((values, index) => part(String(1000 + index), values));
          await load(
            lab,
            [{ resource: { ...parts, needs: {} }, rows: { parts: main, part_tags: [], part_makers: [] } }],
            ANY_LOSS,
          );
          const found = await lab.session.rows('SELECT note, amount, grade, ratio FROM parts ORDER BY id');
          assert.deepEqual(
            found,
            records.map(({ note, ...numbers }) => ({ note, ...positiveZeros(numbers) })),
          );
        }),
        { numRuns: 5, endOnFailure: true },
      );
    });
  });
}

/** CSV writes −0 as 0, which is equal in SQL. */
function positiveZeros(numbers: Readonly<Record<string, number | null>>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, value === null ? null : value + 0]),
  );
}
