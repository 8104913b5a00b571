import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openLineFormat } from './log-format.ts';

test('the last --log-format flag determines the line format until the configuration has been read', () => {
  const args = ['run', '--log-format', 'text', '--log-format=json'];
  const lines = openLineFormat(args, { SPACEX_PIPELINE_LOG_FORMAT: 'text' });
  assert.equal(lines.current(), 'json');
  lines.use('text');
  assert.equal(lines.current(), 'text');
});

test('a final format does not change when the configuration is read again', async () => {
  const lines = openLineFormat(['run', '--log-format', 'text'], {});
  lines.use('json');
  await lines.settle('/');
  assert.equal(lines.current(), 'json');
});
