import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runCli } from './program.ts';

test('sandbox --wayback prints addresses that respond until the command ends', async (t) => {
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

test('sandbox launch-library applies its flags, prints its address and serves requests until it is aborted', async (t) => {
  const stopping = new AbortController();
  t.after(() => stopping.abort());
  const ready = Promise.withResolvers<string>();
  const flags = '--at 2026-01-02 --launches 7 --seed 3 --step 86400 --faults status=503x1';
  const ended = runCli(['sandbox', 'launch-library', ...flags.split(' ')], {
    stdout: { write: (text) => ready.resolve(text) },
    stderr: { write: assert.fail },
    cwd: import.meta.dirname,
    signal: stopping.signal,
  });
  const printed = await ready.promise;
  const [, url = ''] =
    /^Serving simulated launches at (http:\S+\/2\.3\.0\/) until Ctrl-C\n$/.exec(printed) ??
    assert.fail(printed);
  const answers = [];
  for (let request = 0; request < 3; request += 1) {
    const { status, headers } = await fetch(`${url}launches/`);
    answers.push([status, headers.get('date')?.slice(5, 11)]);
  }
  assert.deepEqual(answers, [
    [503, '02 Jan'],
    [200, '02 Jan'],
    [200, '03 Jan'],
  ]);
  const { count } = (await (await fetch(`${url}launches/`)).json()) as { readonly count: number };
  assert.ok(count >= 7 && count <= 9, `${count} launches`);
  stopping.abort();
  await ended;
  await assert.rejects(fetch(url), TypeError);
});
