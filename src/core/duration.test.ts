import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatDuration, parseDuration } from './duration.ts';

test('a duration is parsed with its units', () => {
  for (const [text, seconds] of [
    ['7200s', 7200],
    ['90m', 5400],
    ['2h', 7200],
    ['1.5h', 5400],
    ['1h30m', 5400],
    ['3d', 259_200],
    ['2w', 1_209_600],
    ['0s', 0],
  ] as const)
    assert.equal(parseDuration(text), seconds, text);
  for (const text of ['', '2', 'h', '2 h', '2y', '-2h', '2H', '1..5h', '2h!'])
    assert.equal(parseDuration(text), null, text);
});

test('a duration is formatted with its two largest units', () => {
  for (const [seconds, text] of [
    [0, '0 s'],
    [0.4, '0 s'],
    [45, '45 s'],
    [60, '1 min'],
    [125, '2 min 5 s'],
    [3600, '1 h'],
    [7500, '2 h 5 min'],
    [86_400, '1 d'],
    [273_661, '3 d 4 h'],
    [-5, '0 s'],
  ] as const)
    assert.equal(formatDuration(seconds), text, String(seconds));
});
