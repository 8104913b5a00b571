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
    retry_at: null,
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

test('a pull by changes shows what it is about to do, its pages, and until when it waits', () => {
  const written: string[] = [];
  const stderr = { isTTY: true, rows: 5, columns: 120, write: (text: string) => written.push(text) };
  const progress = createProgress({ live: true, clock: systemClock, stderr, logVia: () => undefined });
  const of = { run_id: 'r', source: 's', job: null, resource: 'moons' };
  const quota = { quota_left: 11, quota_limit: 15, quota_seconds: 3600 };
  const shown = (): string => written.splice(0).findLast((line) => line.startsWith('moons')) ?? '';
  const began = {
    type: 'pull.started',
    pass: 'full',
    reason: 'it was asked for',
    since: null,
    pages: 2,
  } as const;
  progress.update({ ...began, ...of, ...quota, requests: null });
  assert.equal(
    shown(),
    'moons        full pass, going on after 2 pages: 11 of 15 requests left this hour (it was asked for)\n',
  );
  const page = { type: 'page.stored', page: 3, how: 'received', bytes: 9, received_by: 'r', ...of } as const;
  progress.update(page);
  assert.equal(shown(), 'moons        pulling   3 pages\n');
  progress.update({ type: 'pull.sized', requests: 4, ...of, ...quota });
  progress.update({ ...page, page: 4 });
  assert.equal(shown(), 'moons        pulling   4 pages of about 7\n');
  const counts = { received: 0, validated: 0, errored: 0, seconds: 0 };
  const failed = { type: 'resource.ended', status: 'failed', left_by: null, error: null, steps: {} } as const;
  progress.update({ ...failed, ...of, ...counts, retry_at: '2026-01-01T13:00:00.000Z' });
  assert.match(shown(), /^moons {8}failed .* \(can go on at 2026-01-01T13:00:00\.000Z\)\n$/);
  progress.end();
});

function namesIn(frame = ''): string[] {
  return [...frame.matchAll(/r\d(?= )/g)].map(([name]) => name);
}
