import assert from 'node:assert/strict';
import { test } from 'node:test';

import { systemClock } from '../lib/clock.ts';
import { createProgress } from './progress.ts';

const RESOURCES = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8'];

test('draws at most as many lines as the terminal has, active resources first, and erases them at the end', () => {
  const written: string[] = [];
  const stderr = { isTTY: true, rows: 5, columns: 80, write: (text: string) => written.push(text) };
  const progress = createProgress({ live: true, clock: systemClock, stderr, logVia: () => undefined });
  const counts = {
    run_id: 'r',
    source: 's',
    job: null,
    received: 1,
    validated: 1,
    errored: 0,
    repeated: 0,
    seconds: 1,
  };
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
  const frames = written.join('').split(/(?<= total\n)/);
  const up = frames.map((frame) => frame.split(UP).length - 1);
  assert.equal(Math.max(...up), 4);
  const last = frames.at(-1) ?? '';
  assert.deepEqual(namesIn(last), ['r7', 'r8', 'r1']);
  assert.match(last, /\nstarting · .* · 8 records · 0\.\d s total\n$/);

  written.length = 0;
  progress.end();
  assert.equal(written.join(''), `\u001b[1G${UP.repeat(4)}`);
});

test('an incremental pull shows its description, its pages, and when it can continue', () => {
  const written: string[] = [];
  const stderr = { isTTY: true, rows: 5, columns: 120, write: (text: string) => written.push(text) };
  const progress = createProgress({ live: true, clock: systemClock, stderr, logVia: () => undefined });
  const of = { run_id: 'r', source: 's', job: null, resource: 'moons' };
  const quota = { quota_left: 11, quota_limit: 15, quota_seconds: 3600 };
  const shown = (): string => written.splice(0).findLast((line) => line.startsWith('moons')) ?? '';
  const began = {
    type: 'pull.started',
    pass: 'full',
    reason: 'it was requested',
    since: null,
    pages: 2,
  } as const;
  progress.update({ ...began, ...of, ...quota, requests: null });
  assert.equal(
    shown(),
    'moons        pulling      full pull, resuming after 2 pages: 11 of 15 requests left this hour (it was requested), 0.0 s\n',
  );
  const page = { type: 'page.stored', page: 3, how: 'received', bytes: 9, received_by: 'r', ...of } as const;
  progress.update(page);
  progress.begin('drawn immediately');
  assert.equal(shown(), 'moons        pulling      3 pages, 9 bytes, 0.0 s\n');
  progress.update({ type: 'pull.sized', requests: 4, ...of, ...quota });
  progress.update({ ...page, page: 4 });
  progress.begin('drawn immediately');
  assert.equal(shown(), 'moons        pulling      4 pages of about 7, 18 bytes, 0.0 s\n');
  const counts = { received: 0, validated: 0, errored: 0, repeated: 0, seconds: 0 };
  const failed = { type: 'resource.ended', status: 'failed', left_by: null, error: null, steps: {} } as const;
  progress.update({ ...failed, ...of, ...counts, retry_at: '2026-01-01T13:00:00.000Z' });
  assert.match(shown(), /^moons {8}failed .* \(can continue at 2026-01-01T13:00:00\.000Z\)\n$/);
  progress.end();
});

test('each phase is shown as soon as it begins, and its duration is updated even without events', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let now = 5000;
  const clock = { ...systemClock, elapsed: () => now };
  const written: string[] = [];
  const stderr = { isTTY: true, rows: 24, columns: 80, write: (text: string) => written.push(text) };
  const progress = createProgress({ live: true, clock, stderr, logVia: () => undefined });
  const of = { run_id: 'r', source: 's', job: null };
  /** The screen 250 ms later, with no event in between. */
  const later = (): string[] => {
    now += 250;
    written.length = 0;
    t.mock.timers.tick(250);
    return written.filter((text) => text.endsWith('\n'));
  };
  const atOnce = (): string | undefined => written.splice(0).findLast((text) => text.endsWith('\n'));

  progress.begin('opening the database');
  assert.equal(atOnce(), 'opening the database · 0.0 s · 0.0 s total\n');
  assert.deepEqual(later(), ['opening the database · 0.3 s · 0.3 s total\n']);
  progress.begin('migrating');
  assert.equal(atOnce(), 'migrating · 0.0 s · 0.3 s total\n');
  const started = { address: 'live', run_dir: '/r', lock_wait_seconds: 0, ...of };
  progress.update({ type: 'run.started', resources: ['moons', 'suns'], ...started });
  assert.equal(atOnce(), 'pulled 0 of 2 · 0.3 s total\n');
  progress.update({ type: 'request.started', resource: 'moons', ...of });
  assert.deepEqual(later(), [
    'moons        requesting   0.3 s\n',
    'suns         waiting\n',
    'pulled 0 of 2 · 0.5 s total\n',
  ]);
  progress.update({ type: 'body.received', resource: 'moons', bytes: 1_250_000, ...of });
  assert.deepEqual(later(), [
    'moons        receiving    1.3 MB, 0.3 s\n',
    'suns         waiting\n',
    'pulled 0 of 2 · 1.3 MB · 0.8 s total\n',
  ]);
  const counts = { received: 7, validated: 6, errored: 1, repeated: 0, seconds: 0.5 };
  progress.update({ type: 'records', resource: 'moons', step: 'validate', ...counts, ...of });
  assert.equal(later()[0], 'moons        validating   7 records, 1 rejected, 1.3 MB, 0.3 s\n');
  progress.update({ type: 'publish.started', resources: 2, ...of });
  assert.match(atOnce() ?? '', /^publishing \(0 of 2\) · 0\.0 s · 7 records · 1\.3 MB · 1\.0 s total\n$/);
  progress.update({ type: 'publish.merging', resource: 'suns', number: 2, resources: 2, ...of });
  assert.match(atOnce() ?? '', /^publishing \(2 of 2: suns\) · 0\.0 s /);
  progress.update({ type: 'checks.started', ...of });
  assert.match(later().at(-1) ?? '', /^checking the data · 0\.3 s /);
  progress.end();
});

function namesIn(frame = ''): string[] {
  return [...frame.matchAll(/r\d(?= )/g)].map(([name]) => name);
}
