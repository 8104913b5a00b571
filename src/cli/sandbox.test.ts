import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runCli } from './program.ts';

test('sandbox --wayback prints addresses that answer, and closes them at its end', async (t) => {
  const stopping = new AbortController();
  t.after(() => stopping.abort());
  const ready = Promise.withResolvers<void>();
  let printed = '';
  const ended = runCli(['sandbox', '--wayback', '--wayback-faults', 'missing@captures/ships'], {
    stdout: {
      write: (text) => {
        printed += text;
        if (printed.includes('RECORDINGS_URL=')) ready.resolve();
      },
    },
    stderr: { write: assert.fail },
    cwd: import.meta.dirname,
    signal: stopping.signal,
  });
  await Promise.race([ready.promise, ended]);
  const address = (pattern: RegExp): string => pattern.exec(printed)?.[1] ?? assert.fail(printed);
  const api = address(
    /^Serving simulated records at (http:\S+), and preserved copies of them, until Ctrl-C$/m,
  );
  const archive = address(/^ {2}SPACEX_PIPELINE_ARCHIVE_URL=(\S+)$/m);
  const recordings = address(/^ {2}SPACEX_PIPELINE_RECORDINGS_URL=(\S+)$/m);
  const statuses = [];
  for (const url of [
    `${api}/v4/rockets`,
    `${archive}/v4/rockets`,
    `${archive}/v4/ships`,
    `${recordings}/company.yml`,
  ]) {
    statuses.push((await fetch(url)).status);
  }
  assert.deepEqual(statuses, [200, 200, 404, 200]);
  stopping.abort();
  await ended;
  await assert.rejects(fetch(api), TypeError);
});
