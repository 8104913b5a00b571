import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isPosition, pickIds, suggestId } from './pick-id.ts';

const IDS = [
  '01995f10-0000-7000-8000-00000000beef',
  '01995f10-0000-7000-8000-00000000cafe',
  '01994a00-0000-7000-8000-00000000beef',
];

test('finds an id by its position, prefix, suffix or full value', () => {
  for (const [given, ...found] of [
    ['latest', 0],
    ['-1', 0],
    ['-2', 1],
    ['-3', 2],
    ['-4'],
    ['-0'],
    ['01994', 2],
    ['01995', 0, 1],
    ['cafe', 1],
    ['beef', 0, 2],
    ['0000cafe', 1],
    ['dead'],
    [IDS[1] ?? '', 1],
  ] as const)
    assert.deepEqual(
      pickIds(given, IDS),
      found.map((index) => IDS[index]),
      given,
    );
  assert.ok(!isPosition('01995') && !isPosition('-beef'));
});

test('suggests the id that is closest to a mistyped id', () => {
  assert.equal(suggestId('0000caef', IDS), IDS[1]);
  assert.equal(suggestId('01994a01', IDS), IDS[2]);
  assert.equal(suggestId('0000beed', IDS), null);
  assert.equal(suggestId('lastest', IDS), 'latest');
  assert.equal(suggestId('zzz', IDS), null);
});
