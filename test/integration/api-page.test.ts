import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { cliEnvironment } from '../support/cli.ts';
import { blocksOf, readPage } from '../support/markdown.ts';
import { startServe, type RunningServe } from '../support/serve.ts';
import { routesOfServe } from '../support/serve-http.ts';
import { createTestServer, type ServerWorkspace } from '../support/workspace.ts';

const PAGE = readPage('docs', 'api.md');
const STATED = { url: 'http://127.0.0.1:8080', run: '01a20a91-2f03-7f8b-bc30-b4316f8e0a15' };
const TOKEN = 'a-token-of-more-than-16-characters';

/** The text below each route heading, keyed by route. */
const sections = new Map(
  PAGE.split(/^##+ /m).flatMap((section) => {
    const [, route = '', text = ''] = /^`([A-Z]+ \/[^`]*)`\n([^]*)$/.exec(section) ?? [];
    return route === '' ? [] : [[route, text] as const];
  }),
);

void it('docs/api.md has a section for each serve route, and no other route sections', () => {
  const routes = routesOfServe().map(
    ({ method, path: route }) =>
      `${method} ${route.replaceAll(/:(\w+)/g, (_, name: string) => name.toUpperCase())}`,
  );
  assert.deepEqual([...sections.keys()].toSorted(), routes.toSorted());
});

/** The documented members that are missing from a response, or have a different type in it. */
function lacking(documented: unknown, given: unknown, at = 'answer'): readonly string[] {
  if (documented === null || given === null) return [];
  if (Array.isArray(documented) && Array.isArray(given))
    return documented.flatMap((one, index) => lacking(one, given[index], `${at}[${index}]`));
  if (typeof documented !== typeof given || Array.isArray(documented) !== Array.isArray(given)) return [at];
  if (typeof documented !== 'object') return [];
  const members = new Map(Object.entries(given as object));
  return Object.entries(documented).flatMap(([name, value]) =>
    lacking(value, members.get(name), `${at}.${name}`),
  );
}

const curl = spawnSync('curl', ['--version']).status === 0;

void describe('the examples in docs/api.md', { skip: !curl && 'curl is not installed' }, () => {
  let workspace: ServerWorkspace;
  let open: RunningServe;
  let closed: RunningServe;
  let runId: string;
  const server = createTestServer();
  before(async () => {
    const { workspace: make } = await server;
    const jobs = { nightly: { from: 'sandbox', schedule: '20 4 * * *', resources: ['rockets'] } };
    workspace = make({ jobs, serve: { queueSchema: 'queue_open' } });
    open = await startServe(workspace, ['--migrate']);
    await open.line(/job nightly succeeded/);
    const [run] = await open.get<{ run_id: string }[]>('/api/v1/runs');
    runId = run?.run_id ?? '';
    const other = make({ jobs, serve: { queueSchema: 'queue_closed' } });
    closed = await startServe(other, ['--migrate'], { SPACEX_PIPELINE_TOKEN: TOKEN });
    writeFileSync(path.join(workspace.folder, '.curlrc'), 'silent\nwrite-out = "%{stderr}%{http_code}"\n');
  });
  after(async () => {
    await Promise.all([open.stop(), closed.stop()]);
    await (await server).close();
  });

  async function type(command: string, at: RunningServe): Promise<{ body: string; status: string }> {
    const typed = command.replaceAll(STATED.url, at.url).replaceAll(STATED.run, runId);
    const env = cliEnvironment({ CURL_HOME: workspace.folder, SPACEX_PIPELINE_TOKEN: TOKEN });
    const { stderr, stdout } = await promisify(execFile)('bash', ['-euc', typed], { env });
    return { body: stdout, status: stderr };
  }

  void it('return the documented responses', async () => {
    const blocks = blocksOf(PAGE);
    const examples = blocks.flatMap(({ headings, language, text }, index) => {
      const next = blocks[index + 1];
      return language !== 'sh' || next === undefined || next.language === 'sh'
        ? []
        : [{ heading: headings.at(-1)?.replaceAll('`', ''), command: text, shown: next }];
    });
    const shown = new Set(examples.map(({ heading }) => heading));
    assert.deepEqual([...sections.keys(), 'Errors'], [...shown]);
    for (const { command, heading = '', shown: answer } of examples) {
      const { body, status } = await type(command, open);
      const [stated = '404'] = /\b\d{3}\b/.exec(sections.get(heading) ?? '') ?? [];
      assert.equal(status, stated, command);
      if (answer.language === 'json')
        assert.deepEqual(lacking(JSON.parse(answer.text), JSON.parse(body)), []);
      else assert.ok(body.includes(answer.text), command);
    }
  });

  void it('include the exact response for an unknown name', async () => {
    const [command, answer] = blocksOf(PAGE).filter(({ headings }) => headings.includes('Errors'));
    const { body } = await type(command?.text ?? '', open);
    assert.deepEqual(JSON.parse(body), JSON.parse(answer?.text ?? ''));
  });

  void it('show how to send the token', async () => {
    const [command] = blocksOf(PAGE);
    assert.equal((await type(command?.text ?? '', closed)).status, '200');
    assert.equal((await type(`curl ${STATED.url}/api/v1/jobs`, closed)).status, '401');
  });
});
