import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import type { Workspace } from './workspace.ts';

export type FollowHints = {
  /**
   * Runs `args`, which must fail, then runs the command in the last line of the output as a shell would. Returns what
   * that command printed.
   */
  readonly follow: (
    args: readonly string[],
    expected: string | RegExp,
    options?: FollowOptions,
  ) => Promise<string>;
  /** Every suggested command that was run, as `spacex-pipeline …`. */
  readonly typed: ReadonlySet<string>;
};

type FollowOptions = {
  readonly place?: Workspace;
  readonly codes?: readonly number[];
  /** The variables that the hint asks the user to set. */
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
    const { args: next, env } = readByShell(canonical);
    const { code, stderr, stdout } = await place.run(next, { ...told, ...env });
    assert.ok(codes.includes(Number(code)), `${command} exits ${code}: ${stdout}${stderr}`);
    return stdout;
  }
  return { follow, typed };
}

/** The arguments and variables with which a shell would start the program. */
function readByShell(command: string): {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  const [, name, value] = /^([A-Z_]+)=(\S+) /.exec(command) ?? [];
  const line = command.replace('spacex-pipeline', 'typed');
  // The line may run only the program, so no other command may print anything.
  const script = `typed() { printf '%s\\0' "$@"; }\n${line}`;
  const { stderr, stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  assert.equal(stderr, '', command);
  assert.ok(stdout.endsWith('\0'), command);
  const args = stdout.slice(0, -1).split('\0');
  return { args, env: name === undefined || value === undefined ? {} : { [name]: value } };
}
