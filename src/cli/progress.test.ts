import assert from 'node:assert/strict';
import { test } from 'node:test';

import { systemClock } from '../lib/clock.ts';
import { createProgress } from './progress.ts';

const RESOURCES = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8'];

test('no more lines are drawn than the terminal has, those at work first; in the end all stay', () => {
  const written: string[] = [];
  const stderr = { isTTY: true, rows: 5, columns: 80, write: (text: string) => written.push(text) };
  const progress = createProgress({ live: true, clock: systemClock, stderr, logVia: () => undefined });
  const counts = { run_id: 'r', source: 's', job: null, received: 1, validated: 1, errored: 0, seconds: 1 };
  for (const resource of RESOURCES)
    progress.update({ type: 'records', step: 'extract', resource, ...counts });
  const ended = {
    type: 'resource.ended',
    status: 'succeeded',
    left_by: null,
    error: null,
    steps: {},
  } as const;
  for (const resource of RESOURCES.slice(0, 6)) progress.update({ ...ended, resource, ...counts });

  const UP = '\u001b[1A\u001b[2K';
  const frames = written.join('').split(/(?<=\n)(?!r)/);
  const up = frames.map((frame) => frame.split(UP).length - 1);
  assert.equal(Math.max(...up), 4);
  assert.deepEqual(namesIn(frames.at(-1)), ['r7', 'r8', 'r1', 'r2']);

  written.length = 0;
  progress.end();
  assert.deepEqual(namesIn(written.join('')), RESOURCES);
});

function namesIn(frame = ''): string[] {
  return [...frame.matchAll(/r\d(?= )/g)].map(([name]) => name);
}
