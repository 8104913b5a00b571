import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';

import { runShell, type ShellOptions } from './run-shell.ts';

async function run(command: string, own: Partial<ShellOptions> = {}) {
  const lines: string[] = [];
  const end = await runShell(command, {
    input: 'the input',
    env: { PATH: process.env['PATH'] },
    cwd: tmpdir(),
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    onLine: (line) => lines.push(line),
    ...own,
  });
  return { ...end, lines };
}

void describe('a shell command', { skip: process.platform === 'win32' }, () => {
  void it('receives its input and environment, and returns its output', async () => {
    const command = 'cat; echo; echo "$GREETING" >&2; exit 3';
    const { code, lines, reason } = await run(command, { env: { GREETING: 'hello' } });
    assert.deepEqual([code, reason, lines.toSorted()], [3, null, ['hello', 'the input']]);
  });

  void it('can ignore its input, regardless of its length', async () => {
    const { code, lines } = await run('echo done', { input: 'x'.repeat(10_000_000) });
    assert.deepEqual([code, lines], [0, ['done']]);
  });

  void it('is killed after its time limit, together with the processes that have its output open', async () => {
    const { code, reason } = await run('sleep 1000 & wait', { timeoutMs: 200 });
    assert.deepEqual([code, reason], [null, 'timeout']);
  });

  void it('is killed when the signal aborts', async () => {
    const stopping = new AbortController();
    const onLine = (): void => stopping.abort();
    const end = await run('echo begun; sleep 1000', { signal: stopping.signal, onLine });
    assert.deepEqual([end.code, end.reason], [null, 'interrupted']);
    assert.equal((await run('sleep 1000', { signal: AbortSignal.abort() })).reason, 'interrupted');
  });

  void it('reports that a signal killed it, or that it could not be started', async () => {
    assert.equal((await run('kill -9 $$')).reason, 'signal');
    assert.equal((await run('echo', { cwd: '/nowhere' })).reason, 'unstarted');
    assert.equal((await run('no-such-command')).code, 127);
  });
});
