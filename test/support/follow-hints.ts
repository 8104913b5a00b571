import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { cliEnvironment } from './cli.ts';
import type { Workspace } from './workspace.ts';

export type FollowHints = {
  /** Fails as `args` do, then types the command in the last line into a shell. Returns what that printed. */
  readonly follow: (
    args: readonly string[],
    expected: string | RegExp,
    options?: FollowOptions,
  ) => Promise<string>;
  /** Every command that was typed, as `spacex-pipeline …`. */
  readonly typed: ReadonlySet<string>;
};

type FollowOptions = {
  readonly place?: Workspace;
  readonly codes?: readonly number[];
  /** The variables that the text says to set. */
  readonly env?: Readonly<Record<string, string>>;
};

export function followHints(workspace: Workspace): FollowHints {
  const typed = new Set<string>();

  async function follow(
    args: readonly string[],
    expected: string | RegExp,
    { place = workspace, codes = [0], env: told = {} }: FollowOptions = {},
  ): Promise<string> {
    const failed = await place.run(args);
    const command = [failed.stderr, failed.stdout]
      .map((printed) => printed.trimEnd().split('\n').at(-1) ?? '')
      .map((last) => /^(?:hint: )?(?:.*: )?((?:[A-Z_]+=\S+ )?\S*bin\/spacex-pipeline .*)$/.exec(last)?.[1])
      .find((one) => one !== undefined);
    assert.ok(command, `no command in the last line of ${failed.stdout}${failed.stderr}`);
    const canonical = command.replace(/(?<=^|=\S+ )\S*bin\/spacex-pipeline/, 'spacex-pipeline');
    if (typeof expected === 'string') assert.equal(canonical, `spacex-pipeline ${expected}`);
    else assert.match(canonical, expected);
    typed.add(canonical).add(canonical.replace(/ --source \S+/, ''));
    for (const name of Object.keys(told)) assert.match(`${failed.stderr}${failed.stdout}`, new RegExp(name));
    const env = { ...cliEnvironment(told), PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}` };
    const shell = spawn(command, { cwd: place.folder, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr, [code]] = await Promise.all([
      text(shell.stdout),
      text(shell.stderr),
      once(shell, 'close'),
    ]);
    assert.ok(codes.includes(Number(code)), `${command} exits ${code}: ${stdout}${stderr}`);
    return stdout;
  }
  return { follow, typed };
}
