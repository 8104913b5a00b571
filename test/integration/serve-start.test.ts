import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';

import type { JobTry } from '../../src/core/job.ts';
import type { CliResult } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { assertFailure, createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;
let taken: number;
const other = createServer();
before(async () => {
  workspace = await withEmbedded(createWorkspace(), 'data/sandbox');
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  taken = typeof address === 'object' ? (address?.port ?? 0) : 0;
});
after(() => {
  other.close();
  workspace.remove();
});

/** Starts serve with a job that starts immediately. */
const serve = (...args: readonly string[]): Promise<CliResult> =>
  workspace.run(['serve', '--from', 'sandbox', ...args]);

async function beganNothing(): Promise<void> {
  const tries = await workspace.json<JobTry[]>(['jobs', 'history', 'spacex', '--data-dir', 'data/sandbox']);
  assert.deepEqual(tries, []);
}

describe('serve starts no job', () => {
  it('if the port is in use', async () => {
    const failed = await serve('--port', String(taken));
    assertFailure(failed, { code: 2, message: /Cannot listen on 127\.0\.0\.1:\d+/, hint: / --port/ });
    await beganNothing();
  });

  it('if the port for tools is in use', async () => {
    const failed = await serve('--port', '0', '--pg-port', String(taken));
    assertFailure(failed, { code: 2, message: /Cannot listen on 127\.0\.0\.1:\d+/, hint: /different port/ });
    await beganNothing();
  });

  it('if the host is not an address of this machine', async () => {
    const token = 'a-token-of-enough-length';
    const failed = await workspace.run(['serve', '--from', 'sandbox', '--port', '0', '--host', '192.0.2.1'], {
      SPACEX_PIPELINE_TOKEN: token,
    });
    assertFailure(failed, { code: 2, message: /Cannot listen on 192\.0\.2\.1/, hint: /--host/ });
    await beganNothing();
  });
});
