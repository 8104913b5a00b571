import assert from 'node:assert/strict';
import { join } from 'node:path';

import type { RunReport } from '../../../src/core/run.ts';
import { startLaunchLibrary } from '../../../src/sandbox/launch-library/server.ts';
import type { LaunchWorld } from '../../../src/sandbox/launch-library/world.ts';
import { sandboxReplies, startApi } from '../api.ts';
import { QUICK_SOURCE, type Workspace } from '../workspace.ts';

/** Commands for Launch Library, in a workspace that also has the SpaceX source. */
export type BesideSpacex = {
  readonly workspace: Workspace;
  readonly dataDir: string;
  /** Runs a command that must exit with `code`, and returns its document. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what document it expects
  readonly json: <T>(args: readonly string[], code?: number) => Promise<T>;
  /** Runs a command that must exit with `code`, and returns the text that it prints. */
  readonly text: (args: readonly string[], code?: number) => Promise<string>;
  readonly pull: (...flags: readonly string[]) => Promise<RunReport>;
  /** The number of pages of launches that have been requested so far. */
  readonly asked: () => number;
  /** Everything that the commands have printed. */
  readonly printed: () => string;
  readonly close: () => Promise<void>;
};

/** Pages contain five launches. Without the token, the quota would not be enough for a second page. */
export async function openBesideSpacex(
  open: (settings: object) => Workspace,
  world: LaunchWorld,
  token: string,
): Promise<BesideSpacex> {
  const library = await startLaunchLibrary({ world, requestsPerWindow: 1, tokenRequestsPerWindow: 1e6 });
  const spacex = await startApi(await sandboxReplies({ launches: 20 }), { simulated: true });
  const own = { ...QUICK_SOURCE, baseUrl: library.baseUrl, provider: 'all', pageSize: 5, token };
  const workspace = open({
    source: { ...QUICK_SOURCE, baseUrl: spacex.url },
    others: { 'launch-library': own },
  });
  const printed: string[] = [];
  async function text(args: readonly string[], code = 0): Promise<string> {
    const result = await workspace.run([...args, '--source', 'launch-library']);
    assert.equal(result.code, code, result.stderr);
    printed.push(result.stdout, result.stderr);
    return result.stdout;
  }
  const json = async <T>(args: readonly string[], code = 0): Promise<T> =>
    JSON.parse(await text([...args, '--json'], code)) as T;
  return {
    workspace,
    dataDir: join(workspace.folder, 'data'),
    json,
    text,
    pull: (...flags) => json<RunReport>(['run', ...flags]),
    asked: () => library.requests().filter(({ path }) => path.includes('/launches/')).length,
    printed: () => printed.join('\n'),
    async close() {
      await library.close();
      await spacex.close();
      workspace.remove();
    },
  };
}
