import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

/** The reason to skip if the program is not installed; false if it is. */
export function without(program: 'promtool' | 'prometheus'): string | false {
  return spawnSync(program, ['--version']).status === 0 ? false : `${program} is not installed`;
}

/** Runs promtool, and returns its output. Throws if promtool prints a warning, even if it exits successfully. */
export function promtool(args: readonly string[], { cwd = '.', input = '' } = {}): string {
  const { status, stderr, stdout } = spawnSync('promtool', args, { cwd, input, encoding: 'utf8' });
  assert.equal(status, 0, `${stderr}${stdout}`);
  assert.equal(stderr, '');
  return stdout;
}
