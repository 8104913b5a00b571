import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Ajv, type ValidateFunction } from 'ajv';

import { isCalendarDate, isStorableText, isTimestamp } from '../core/formats.ts';
import launchResource from '../resources/launches.ts';
import rocketResource from '../resources/rockets.ts';
import { BAD_KINDS, spoil } from './bad-records.ts';
import type { Collection } from './collection.ts';
import { createLaunches } from './launches.ts';
import { createRockets } from './rockets.ts';

const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addFormat('text', isStorableText);
ajv.addFormat('timestamp', isTimestamp);
ajv.addFormat('calendar-date', isCalendarDate);
const isLaunch = ajv.compile(launchResource.contract);
const isRocket = ajv.compile(rocketResource.contract);

type Launch = {
  readonly id: string;
  readonly rocket: string;
  readonly upcoming: boolean;
  readonly date_utc: string;
  readonly date_unix: number;
  readonly date_local: string;
  readonly crew: readonly { readonly crew: string }[];
};

describe('simulated launches', () => {
  const launches = createLaunches(1, 1_000_000, 'v5');
  const indices = [...Array.from({ length: 5000 }, (_, index) => index), 999_999];
  const texts = indices.map((index) => launches.json(index));
  const records: readonly Launch[] = texts.map((text) => JSON.parse(text));

  test('keep their contract', () => {
    assert.deepEqual(faultsOf(launches, indices, isLaunch), []);
  });

  test('name rockets that are there', () => {
    const rockets = createRockets(1);
    const known = new Set(Array.from({ length: rockets.count }, (_, index) => rockets.id(index)));
    assert.deepEqual(new Set(records.map(({ rocket }) => rocket)), known);
  });

  test('have ids of their own, from which the index follows', () => {
    assert.equal(new Set(records.map(({ id }) => id)).size, records.length);
    assert.deepEqual(
      records.map(({ id }) => launches.indexOf(id)),
      indices,
    );
    assert.equal(launches.indexOf('launches'), null);
    assert.equal(launches.indexOf(createRockets(1).id(0)), null);
  });

  test('say one instant in three ways', () => {
    for (const { date_utc, date_unix, date_local } of records) {
      assert.equal(Date.parse(date_utc), date_unix * 1000);
      assert.equal(Date.parse(date_local), date_unix * 1000);
    }
  });

  test('fly in the order of their numbers, but for those put off', () => {
    const times = records.filter(({ upcoming }) => !upcoming).map(({ date_unix }) => date_unix);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
  });

  test('follow from the seed', () => {
    const again = createLaunches(1, 10, 'v5');
    const other = createLaunches(2, 10, 'v5');
    for (let index = 9; index >= 0; index -= 1) {
      assert.equal(again.json(index), texts[index]);
      assert.notEqual(withoutIds(other.json(index)), withoutIds(texts[index]));
    }
  });

  test('are of the size and variety of real ones', () => {
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length;
    assert.ok(bytes > 1500 && bytes < 2200, `${bytes} bytes`);
    const all = texts.join('\n');
    for (const part of VARIETY) assert.ok(all.includes(part), part);
    assert.match(all, /"cores":\[\{[^\]]*\},\{[^\]]*\},\{/);
    assert.ok(texts.every((text) => /"name":"Simulated Mission/.test(text)));
  });

  test('differ between v4 and v5 in their crew alone', () => {
    const old = createLaunches(1, 1_000_000, 'v4');
    for (const [index, { crew, ...rest }] of records.slice(0, 500).entries()) {
      assert.deepEqual(JSON.parse(old.json(index)), { ...rest, crew: crew.map((seat) => seat.crew) });
    }
  });
});

const VARIETY = [
  '"success":true',
  '"success":false',
  '"success":null',
  '"upcoming":true',
  '"fairings":null',
  '"details":null',
  '"role":"Pilot"',
  '+05:30"',
  '-08:00"',
  '\\n',
  '\\\\',
  '\\"',
  '🚀',
  'ü',
  '  "',
  '"window":null',
  '"launch_library_id":null',
];

describe('simulated rockets', () => {
  test('keep their contract and come in the order of first flight', () => {
    const rockets = createRockets(1);
    assert.deepEqual(faultsOf(rockets, [0, 1, 2, 3], isRocket), []);
    const flights = [0, 1, 2, 3].map((index) => /"first_flight":"([^"]*)"/.exec(rockets.json(index))?.[1]);
    assert.deepEqual(flights, ['2009-11-17', '2010-09-30', '2017-05-21', '2024-02-29']);
  });
});

describe('bad records', () => {
  const cases = [
    { collection: createLaunches(1, 10, 'v5'), isGood: isLaunch },
    { collection: createRockets(1), isGood: isRocket },
  ];
  for (const { collection, isGood } of cases) {
    for (const kind of BAD_KINDS) {
      test(`${kind} is no good record of ${collection.name}`, () => {
        const element = spoil(kind, collection.json(1), collection.id(0), (value) => JSON.stringify(value));
        if (kind === 'malformed') {
          assert.throws(() => JSON.parse(String(element)), SyntaxError);
        } else if (kind === 'invalid-utf8') {
          assert.throws(
            () => new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(element)),
            TypeError,
          );
        } else if (kind === 'duplicate-id') {
          assert.equal(JSON.parse(String(element)).id, collection.id(0));
        } else {
          assert.equal(isGood(JSON.parse(String(element))), false);
        }
      });
    }
  }
});

function faultsOf(
  collection: Collection,
  indices: readonly number[],
  isGood: ValidateFunction,
): readonly unknown[] {
  return indices
    .map((index) => (isGood(JSON.parse(collection.json(index))) ? null : [index, isGood.errors]))
    .filter((fault) => fault !== null);
}

function withoutIds(json = ''): string {
  return json.replaceAll(/[0-9a-f]{11,}/g, '');
}
