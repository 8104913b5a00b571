import type { RunningCli } from './cli.ts';
import type { Workspace } from './workspace.ts';

/** A running `serve`, started as a user would start it. */
export type RunningServe = RunningCli & {
  /** The URL of its HTTP API. */
  readonly url: string;
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what document it expects
  readonly get: <T>(path: string) => Promise<T>;
  /** Sends a POST request, and returns the status of the response. */
  readonly post: (path: string) => Promise<number>;
  /** Shuts it down gracefully. */
  readonly stop: () => Promise<void>;
};

export async function startServe(
  workspace: Pick<Workspace, 'start'>,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningServe> {
  const running = workspace.start(['serve', '--port', '0', ...args], env);
  const url = await running.output(/Serving at (\S+)/).catch(async (error: unknown) => {
    throw new Error((await running.finished).stderr, { cause: error });
  });
  return {
    ...running,
    url,
    // The test specifies the type of document that it expects.
    get: async (path) => JSON.parse(await (await fetch(url + path)).text()),
    post: async (path) => (await fetch(url + path, { method: 'POST' })).status,
    async stop() {
      running.kill('SIGTERM');
      await running.finished;
    },
  };
}
