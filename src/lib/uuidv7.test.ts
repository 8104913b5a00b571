import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { isUuidv7, uuidv7, uuidv7Time } from './uuidv7.ts';

const anyTime = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const anyBytes = fc.uint8Array({ minLength: 10, maxLength: 10 });

const RFC = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';

describe('uuidv7', () => {
  it('matches the example in RFC 9562', () => {
    const random = Buffer.from('0cc318c4dc0c0c07398f', 'hex');
    assert.equal(
      uuidv7(0x017f22e279b0, () => random),
      RFC,
    );
  });

  it('keeps every random bit except the version and variant bits', () => {
    assert.equal(
      uuidv7(0, () => new Uint8Array(10).fill(0xff)),
      '00000000-0000-7fff-bfff-ffffffffffff',
    );
  });

  it('has the right form, version and variant for any time and random bytes, and does not change the bytes', () => {
    fc.assert(
      fc.property(anyTime, anyBytes, (time, bytes) => {
        const before = bytes.slice();
        const id = uuidv7(time, () => bytes);
        assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.ok(isUuidv7(id));
        assert.equal(uuidv7Time(id), time);
        assert.deepEqual(bytes, before);
      }),
    );
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(anyTime, anyTime, anyBytes, anyBytes, (a, b, some, others) => {
        fc.pre(a !== b);
        assert.equal(uuidv7(a, () => some) < uuidv7(b, () => others), a < b);
      }),
    );
  });

  it('is unique within a millisecond', () => {
    const ids = Array.from({ length: 1000 }, () => uuidv7(1e12, randomBytes));
    assert.equal(new Set(ids).size, 1000);
  });

  it('is distinguished from other names', () => {
    for (const name of [
      '',
      'notes',
      `.${RFC}`,
      `${RFC}~`,
      RFC.toUpperCase(),
      RFC.replace('-7cc3', '-4cc3'),
    ]) {
      assert.equal(isUuidv7(name), false, name);
    }
  });

  it('rejects a time that is out of range', () => {
    for (const time of [-1, Number.NaN, 2 ** 48]) assert.throws(() => uuidv7(time, randomBytes), RangeError);
  });
});
