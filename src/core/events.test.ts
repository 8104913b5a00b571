import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createEmitter, type RunEvent } from './events.ts';

test('every subscriber receives every event with its run, and a subscriber that throws is reported once', () => {
  const seen: RunEvent[] = [];
  const reported: unknown[] = [];
  const broken = (): never => {
    throw new Error('broken');
  };
  const emit = createEmitter(
    { run_id: 'r', source: 's', job: { name: 'j', id: 'i' } },
    [broken, (event) => seen.push(event)],
    (error) => reported.push(error),
  );
  emit({ type: 'publish.started', resources: 2 });
  emit({ type: 'publish.ended', status: 'succeeded', seconds: 1 });
  assert.deepEqual(seen, [
    { type: 'publish.started', resources: 2, run_id: 'r', source: 's', job: 'j' },
    { type: 'publish.ended', status: 'succeeded', seconds: 1, run_id: 'r', source: 's', job: 'j' },
  ]);
  assert.deepEqual(reported.map(String), ['Error: broken']);
});
