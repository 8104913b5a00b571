import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import {
  isCalendarDate,
  isSpacedTimestamp,
  isStorableText,
  isTimestamp,
  spacedTimestampUtc,
  utcOffsetMinutes,
} from './formats.ts';

describe('a Space-Track time', () => {
  it('consists of a date, a space and a time, and nothing else', () => {
    for (const good of ['2020-06-19 21:46:09', '2020-06-19 20:00:01.000224']) {
      assert.ok(isSpacedTimestamp(good), good);
      assert.ok(isTimestamp(spacedTimestampUtc(good) ?? ''));
    }
    for (const bad of [
      '',
      '2020-06-19',
      '2020-06-19T21:46:09',
      '2020-06-19 21:46:09Z',
      '2020-02-30 00:00:00',
      '2020-06-19 21:46:09Z+01:00',
    ]) {
      assert.ok(!isSpacedTimestamp(bad), bad);
    }
    assert.equal(spacedTimestampUtc(null), null);
  });
});

describe('isTimestamp', () => {
  it('accepts RFC 3339 in the years 0001 to 9999', () => {
    for (const value of [
      '2006-03-24T22:30:00.000Z',
      '2006-03-25T10:30:00+12:00',
      '0001-01-01T00:00:00Z',
      '9999-12-31T23:59:59.999999999+00:00',
      '2020-02-29T00:00:00-15:59',
      '2020-01-01T00:00:00+15:59',
    ]) {
      assert.equal(isTimestamp(value), true, value);
    }
  });

  it('accepts everything that toISOString returns in these years', () => {
    const dates = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(dates, (date) => isTimestamp(date.toISOString())));
  });

  it('rejects everything else', () => {
    for (const value of [
      '',
      '2006-03-24',
      '2006-03-24T22:30:00',
      '2006-03-24T22:30Z',
      '2006-03-24 22:30:00Z',
      '2006-03-24t22:30:00z',
      '2006-03-24T22:30:00.Z',
      '2006-03-24T22:30:00.1234567890Z',
      '2006-03-24T22:30:00+1200',
      '2006-03-24T22:30:00+16:00',
      '2006-03-24T22:30:00+00:60',
      '2006-03-24T24:00:00Z',
      '2006-03-24T23:60:00Z',
      '2006-12-31T23:59:60Z',
      '0000-01-01T00:00:00Z',
      '2006-00-01T00:00:00Z',
      '2006-01-00T00:00:00Z',
      '+12006-01-01T00:00:00Z',
      '2006-03-24T22:30:00Z\n',
      '２006-03-24T22:30:00Z',
      'infinity',
      'now',
    ]) {
      assert.equal(isTimestamp(value), false, value);
    }
  });
});

describe('isCalendarDate', () => {
  it('handles leap years', () => {
    const leap = [1996, 2000, 2004, 2400].map((year) => `${year}-02-29`);
    const common = [1900, 2001, 2100, 2023].map((year) => `${year}-02-29`);
    assert.deepEqual(leap.map(isCalendarDate), [true, true, true, true]);
    assert.deepEqual(common.map(isCalendarDate), [false, false, false, false]);
  });

  it("agrees with JavaScript's calendar on every day of a common year and a leap year", () => {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        for (const year of [2023, 2024]) {
          const value = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          const date = new Date(Date.UTC(year, month - 1, day));
          assert.equal(isCalendarDate(value), date.toISOString().startsWith(value), value);
        }
      }
    }
  });

  it('rejects other formats and the year 0', () => {
    for (const value of [
      '',
      '2006-3-24',
      '20060324',
      '2006-03-24 ',
      '0000-01-01',
      '10000-01-01',
      '2006-03-24T00',
    ]) {
      assert.equal(isCalendarDate(value), false, value);
    }
  });
});

describe('isStorableText', () => {
  it('accepts everything except NUL and lone surrogates', () => {
    for (const value of ['', 'é', '🚀', '\u0001', '\uFFFF', '\u{10FFFF}']) assert.ok(isStorableText(value));
    for (const value of ['\0', 'a\0b', '\uD800', '\uDC00x', '\uDC00\uD800'])
      assert.ok(!isStorableText(value));
  });
});

describe('utcOffsetMinutes', () => {
  it('returns the offset east of UTC', () => {
    const offset = (zone: string) => utcOffsetMinutes(`2006-03-24T22:30:00${zone}`);
    assert.deepEqual(
      ['Z', '+00:00', '-00:00', '+12:00', '-04:30', '+15:59', '-15:59'].map(offset),
      [0, 0, 0, 720, -270, 959, -959],
    );
  });
});
