import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';

import type { RunningCli } from './cli.ts';
import type { Workspace } from './workspace.ts';

/** A `serve` that is ready. */
export type Serving = {
  readonly cli: RunningCli;
  readonly url: string;
  readonly pgUrl: string;
  /** Connects a client to the port for tools. */
  readonly open: () => Promise<Client>;
  /** Resolves when the job is idle and has succeeded this many times. */
  readonly succeeded: (job: string, times: number) => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Kills the process, even in the middle of a run. */
  readonly kill: () => Promise<void>;
};

export async function startServing(workspace: Workspace, args: readonly string[]): Promise<Serving> {
  const cli = workspace.start(['serve', '--port', '0', '--pg-port', '0', '--json', ...args]);
  const { pg_url: pgUrl, url } = JSON.parse(await cli.output(/^(\{[^]*\n\})$/m)) as Record<string, string>;
  assert.ok(url !== undefined && pgUrl !== undefined);
  const opened: Client[] = [];
  const tries = async (job: string): Promise<readonly { readonly status: string }[]> =>
    (await (await fetch(`${url}/api/v1/jobs/${job}/history`)).json()) as { status: string }[];
  return {
    cli,
    url,
    pgUrl,
    async open() {
      const client = new Client({ connectionString: pgUrl });
      client.on('error', () => undefined);
      await client.connect();
      opened.push(client);
      return client;
    },
    async succeeded(job, times) {
      for (;;) {
        const all = await tries(job);
        assert.ok(
          all.every(({ status }) => ['running', 'succeeded'].includes(status)),
          JSON.stringify(all),
        );
        if (all.filter(({ status }) => status === 'succeeded').length >= times) return;
        await sleep(100);
      }
    },
    async kill() {
      cli.kill('SIGKILL');
      await cli.finished;
    },
    async stop() {
      await Promise.all(opened.map((client) => client.end().catch(() => undefined)));
      cli.kill('SIGINT');
      const { code, stderr } = await cli.finished;
      assert.equal(code, 0, stderr);
    },
  };
}
