import assert from 'node:assert/strict';
import { test } from 'node:test';

import { blockFor } from './kind.ts';
import { newName, singular } from './names.ts';

test('blockFor chooses the building block that fits all values of a field', () => {
  for (const [field, values, kind] of [
    ['stages', [1, 2], 'integer'],
    ['cost', [1, 2 ** 31], 'bigint'],
    ['ratio', [1, 2.5], 'number'],
    ['ratio', [2 ** 60], 'number'],
    ['mass_kg', [1, 2], 'number'],
    ['latitude', [1, 2], 'number'],
    ['at', ['2001-02-03T04:05:06Z', '2001-02-03T04:05:06.5+01:00'], 'timestamp'],
    ['at', ['2001-02-03T04:05:06Z', 'soon'], 'text'],
    ['day', ['2001-02-03'], 'calendarDate'],
    ['day', ['2001-02-03', '2001-02-31'], 'text'],
    ['core', ['5eb87cd9ffd86e000604b32a'], 'objectId'],
    ['pad', ['e3df2ecd-c239-472f-95e4-2b89b4f75800'], 'uuid'],
    ['flown', [true], 'bool'],
    ['links', [{}], 'object'],
    ['tags', [[], ['a', null]], 'list'],
    ['tags', [[], [null]], { why: 'no value in any sample' }],
    ['none', [], { why: 'no value in any sample' }],
    ['odd', [1, 'one'], { why: 'number or string in the samples' }],
    ['matrix', [[[1]]], { why: 'a list of lists' }],
    ['mass_lb', [1], { why: 'not a metric unit' }],
  ] as const)
    assert.deepEqual(blockFor(field, values), kind, `${field} ${JSON.stringify(values)}`);
});

test('newName returns an unused name in snake case that includes the unit and needs no quotes', () => {
  const taken = new Set(['position']);
  for (const [fields, name] of [
    [['firstFlight'], 'first_flight'],
    [['height', 'meters'], 'height_m'],
    [['thrust', 'kN'], 'thrust_kn'],
    [['Odd-name!'], 'odd_name'],
    [['order'], 'rocket_order'],
    [['kg'], 'rocket_kg'],
    [['2nd'], 'rocket_2nd'],
    [['ß'], 'rocket'],
    [['position'], 'position_2'],
    [['Position'], 'position_3'],
    [['configuration', 'manufacturer', 'country', 'alpha_code'], 'manufacturer_country_alpha_code'],
  ] as const)
    assert.equal(newName(fields, 'rocket', taken), name);
});

test('singular returns the singular form of a resource name', () => {
  const names = ['launches', 'companies', 'cores', 'boxes', 'statuses', 'status', 'crew', 'mass', 'bases'];
  assert.deepEqual(names.map(singular), [
    'launch',
    'company',
    'core',
    'box',
    'status',
    'status',
    'crew',
    'mass',
    'base',
  ]);
});
