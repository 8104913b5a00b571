import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { createUniverse } from '../universe/universe.ts';
import { createLaunches } from './launches.ts';
import { createRockets } from './rockets.ts';

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
  const universe = createUniverse(1, 1_000_000);
  const launches = createLaunches(universe, 'v5');
  const indices = [
    ...Array.from({ length: 5000 }, (_, index) => index),
    ...Array.from({ length: 1000 }, (_, index) => 999_000 + index),
  ];
  const texts = indices.map((index) => launches.json(index));
  const records: readonly Launch[] = texts.map((text) => JSON.parse(text));

  test('name existing rockets', () => {
    const rockets = createRockets(universe);
    const known = new Set(Array.from({ length: rockets.count }, (_, index) => rockets.id(index)));
    assert.deepEqual(new Set(records.map(({ rocket }) => rocket)), known);
  });

  test('have unique ids that determine their index', () => {
    assert.equal(new Set(records.map(({ id }) => id)).size, records.length);
    assert.deepEqual(
      records.map(({ id }) => launches.indexOf(id)),
      indices,
    );
    assert.equal(launches.indexOf('launches'), null);
    assert.equal(launches.indexOf(createRockets(universe).id(0)), null);
  });

  test('contain the same instant in three forms', () => {
    for (const { date_utc, date_unix, date_local } of records) {
      assert.equal(Date.parse(date_utc), date_unix * 1000);
      assert.equal(Date.parse(date_local), date_unix * 1000);
    }
  });

  test('are in flight order, with upcoming launches last', () => {
    const past = records.filter(({ upcoming }) => !upcoming);
    const times = past.map(({ date_unix }) => date_unix);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
    assert.deepEqual(records.slice(0, past.length), past);
  });

  test('have the size and variety of real launches', () => {
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length;
    assert.ok(bytes > 1500 && bytes < 2200, `${bytes} bytes`);
    const all = texts.join('\n');
    for (const part of VARIETY) assert.ok(all.includes(part), part);
    assert.match(all, /"cores":\[\{[^\]]*\},\{[^\]]*\},\{/);
    assert.ok(texts.every((text) => /"name":"Simulated Mission/.test(text)));
  });

  test('differ between v4 and v5 only in their crew', () => {
    const old = createLaunches(universe, 'v4');
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
  '"core":null',
  '"landing_attempt":false',
  '"landing_attempt":true,"landing_success":null',
  '"landing_success":false',
  '"landing_type":"Ocean","landpad":null',
  '"flight":9,',
];
