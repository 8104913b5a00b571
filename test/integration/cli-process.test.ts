import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { runCli } from '../support/cli.ts';
import {
  createTestServer,
  QUICK_SOURCE,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

let server: TestServer;
let api: Api;
let workspace: ServerWorkspace;
let run: string;
before(async () => {
  [server, api] = await Promise.all([
    createTestServer(),
    sandboxReplies({ launches: 10 }).then((replies) => {
      const broken = String(replies[LAUNCHES].body).replace('"name":"', '"nom":"');
      return startApi({ ...replies, [LAUNCHES]: { body: broken } });
    }),
  ]);
  workspace = server.workspace({ source: { ...QUICK_SOURCE, baseUrl: api.url } });
  const { code, report, stderr } = await workspace.pull(['--migrate']);
  assert.equal(code, 0, stderr);
  run = report.run_id ?? '';
});
after(async () => {
  await api.close();
  await server.close();
});

/** Removes everything that differs between runs, including the padding in tables. */
function lasting(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replaceAll(/\d+(?:[.:]\d+)*/g, 'N')
    .replaceAll(/\b(?:ms|s|min)\b/g, 'UNIT')
    .replaceAll(/[ ─]{2,}/g, ' ');
}

/** The other tests run the program in their own process, which is faster. */
void describe('exit code and output are the same in a separate process', () => {
  for (const [line, code] of [
    ['plan', 0],
    ['status', 10],
    ['runs', 0],
    ['runs show RUN', 0],
    ['checks', 0],
    ['drift', 0],
    ['explain launches nowhere', 2],
    ['tables', 0],
    ['query SELECT/count(*)/FROM/launches', 0],
    ['query SELECT/nothing', 5],
    ['export --tables rockets --out files', 0],
    ['resources', 0],
    ['dag', 0],
    ['resume', 2],
    ['verify', 0],
    ['rejects list', 0],
    ['jobs', 0],
    ['db serve', 2],
    ['init', 2],
    ['config', 0],
    ['migrate status', 0],
    ['completion bash', 0],
    ['rnu', 2],
  ] as const)
    void it(`for ${line}`, async () => {
      const args = line.split(' ').map((word) => word.replaceAll('/', ' ').replace('RUN', run));
      const process = await runCli(args, { cwd: workspace.folder });
      const here = await workspace.run(args);
      assert.equal(process.code, code, process.stderr);
      assert.equal(here.code, code, here.stderr);
      for (const stream of ['stdout', 'stderr'] as const)
        assert.equal(lasting(process[stream]), lasting(here[stream]));
    });
});

void describe('a separate process', () => {
  for (const line of ['migrate up', 'run', 'run --full', 'replay RUN'])
    void it(`can write to the database: ${line}`, async () => {
      const args = line.split(' ').map((word) => word.replace('RUN', run));
      const { code, stderr } = await runCli(args, { cwd: workspace.folder });
      assert.equal(code, 0, stderr);
    });
});
