import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';

import { openRuntime } from '../../src/app/runtime.ts';
import { openSource, type OpenSource } from '../../src/app/source.ts';
import { forSource } from '../../src/config/for-source.ts';
import { loadConfig } from '../../src/config/load.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startLaunchLibrary } from '../../src/sandbox/launch-library/server.ts';
import launchLibrary from '../../src/sources/launch-library/source.ts';
import { createTestLog, JSON_TYPE, never, serve, unobserved } from '../support/http-upstream.ts';
import { createWorkspace } from '../support/workspace.ts';

const TOKEN = 'a-token-of-a-supporter';
const runtime = openRuntime({ signal: never });
after(() => runtime.close());

/** The source at an address, opened the way a run opens it. */
async function opened(
  t: TestContext,
  { env, from = null }: { readonly env: Readonly<Record<string, string>>; readonly from?: string | null },
): Promise<OpenSource> {
  const loaded = forSource(await loadConfig({ env, cwd: '/' }), launchLibrary);
  const choice = { from, asOf: null, orSandbox: false };
  const { log } = createTestLog();
  const source = await openSource(loaded, choice, { clock: systemClock, log, signal: never, runtime });
  t.after(source.close);
  return source;
}

void describe('Launch Library', () => {
  void it('is pulled from its own stand-in with --from sandbox', async (t) => {
    const { upstream } = await opened(t, { env: {}, from: 'sandbox' });
    assert.equal(upstream.address, 'sandbox');
    const tries = upstream.open(
      { resource: 'x', path: '/launches/?limit=1', kept: null, ...unobserved },
      never,
    );
    const { simulated, status } = await tries.next();
    tries.end();
    assert.deepEqual([status, simulated], [200, true]);
    assert.equal((await upstream.quota(never))?.left, 14);
  });

  void it('receives the token if the configured URL includes the version and a trailing slash', async (t) => {
    const library = await startLaunchLibrary({ launches: 1 });
    t.after(library.close);
    const env = { SPACEX_PIPELINE_LAUNCH_LIBRARY_URL: library.baseUrl };
    const anonymous = await opened(t, { env });
    assert.equal((await anonymous.upstream.quota(never))?.limit, 15);
    const known = await opened(t, { env: { ...env, SPACEX_PIPELINE_LAUNCH_LIBRARY_TOKEN: TOKEN } });
    assert.equal((await known.upstream.quota(never))?.limit, 300);
    assert.deepEqual(
      new Set(library.requests().map((request) => request.path)),
      new Set(['/2.3.0/api-throttle/']),
    );
  });

  void it('does not receive the token if --from names a different address', async (t) => {
    const other = await startLaunchLibrary({ launches: 1 });
    t.after(other.close);
    const env = {
      SPACEX_PIPELINE_LAUNCH_LIBRARY_URL: 'http://127.0.0.1:9/2.3.0',
      SPACEX_PIPELINE_LAUNCH_LIBRARY_TOKEN: TOKEN,
    };
    for (const from of [other.baseUrl, 'sandbox']) {
      const { upstream } = await opened(t, { env, from });
      assert.equal((await upstream.quota(never))?.limit, 15, from);
    }
  });
});

void describe('the token', () => {
  void it('appears in no file, log or output, even if the server echoes it', async (t) => {
    const web = await serve(t, (request, response) => {
      const { authorization } = request.headers;
      response.writeHead(401, { ...JSON_TYPE, 'x-sent': authorization });
      response.end(JSON.stringify({ detail: `Invalid token: ${authorization}` }));
    });
    const workspace = createWorkspace();
    t.after(workspace.remove);
    const env = {
      SPACEX_PIPELINE_LAUNCH_LIBRARY_URL: `${web.url}/2.3.0/`,
      SPACEX_PIPELINE_LAUNCH_LIBRARY_TOKEN: TOKEN,
      SPACEX_PIPELINE_LAUNCH_LIBRARY_REQUESTS_PER_SECOND: '1000',
    };
    const run = await workspace.run(['run', '--source', launchLibrary.name, '--log-level', 'debug'], env);
    assert.equal(run.code, 3, run.stderr);
    assert.match(run.stderr, /^error: .* 401 .*Invalid token: Token \*\*\*/m);
    assert.match(run.stderr, /^hint: Check sources\.launch-library\.token\.$/m);
    assert.ok(web.requests.length > 0);
    for (const { headers } of web.requests) assert.equal(headers.authorization, `Token ${TOKEN}`);

    const config = await workspace.run(['config', '--json'], env);
    assert.equal(JSON.parse(config.stdout)['sources.launch-library.token'].value, '***');
    const said = [run, config].flatMap(({ stderr, stdout }) => [stderr, stdout]);
    const files = readdirSync(workspace.folder, { recursive: true, encoding: 'utf8' })
      .map((name) => path.join(workspace.folder, name))
      .filter((name) => statSync(name).isFile())
      .map((name) => readFileSync(name, 'latin1'));
    assert.ok(files.length > 10, `${files.length} files`);
    for (const text of [...said, ...files]) assert.ok(!text.includes(TOKEN));
  });
});
