import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';

import { runShell, type ShellOptions } from './run-shell.ts';

async function run(command: string, own: Partial<ShellOptions> = {}) {
  const lines: string[] = [];
  const end = await runShell(command, {
    input: 'what it gets',
    env: { PATH: process.env['PATH'] },
    cwd: tmpdir(),
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    onLine: (line) => lines.push(line),
    ...own,
  });
  return { ...end, lines };
}

void describe('a command of the shell', { skip: process.platform === 'win32' }, () => {
  void it('gets its input and its environment, and its output is read', async () => {
    const command = 'cat; echo; echo "$GREETING" >&2; exit 3';
    const { code, lines, reason } = await run(command, { env: { GREETING: 'hello' } });
    assert.deepEqual([code, reason, lines.toSorted()], [3, null, ['hello', 'what it gets']]);
  });

  void it('may ignore its input, however long', async () => {
    const { code, lines } = await run('echo done', { input: 'x'.repeat(10_000_000) });
    assert.deepEqual([code, lines], [0, ['done']]);
  });

  void it('is ended after its time limit, with the processes that hold its output', async () => {
    const { code, reason } = await run('sleep 1000 & wait', { timeoutMs: 200 });
    assert.deepEqual([code, reason], [null, 'timeout']);
  });

  void it('is ended when the program is to stop', async () => {
    const stopping = new AbortController();
    const onLine = (): void => stopping.abort();
    const end = await run('echo begun; sleep 1000', { signal: stopping.signal, onLine });
    assert.deepEqual([end.code, end.reason], [null, 'interrupted']);
    assert.equal((await run('sleep 1000', { signal: AbortSignal.abort() })).reason, 'interrupted');
  });

  void it('may be killed by a signal, or fail to start', async () => {
    assert.equal((await run('kill -9 $$')).reason, 'signal');
    assert.equal((await run('echo', { cwd: '/nowhere' })).reason, 'unstarted');
    assert.equal((await run('no-such-command')).code, 127);
  });
});
