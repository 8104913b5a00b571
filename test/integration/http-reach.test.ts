import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';

import { never, openTestUpstream, serve, serveBytes } from '../support/http-upstream.ts';
import { TEST_HOST } from '../support/offline.ts';
import { listen } from '../support/web.ts';

void describe('an address', { concurrency: 3 }, () => {
  void it('is probed with a connection, without a request', async (t) => {
    const web = await serve(t, (_, response) => response.end());
    const { upstream } = openTestUpstream(web.url);
    t.after(upstream.close);
    assert.equal(await upstream.reach(never), null);
    assert.equal(web.requests.length, 0);
  });

  void it('is unreachable, with a reason, if nothing listens there', async (t) => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    const { upstream } = openTestUpstream(`http://${TEST_HOST}:${port}`);
    t.after(upstream.close);
    assert.match((await upstream.reach(never)) ?? '', /ECONNREFUSED/);
  });

  void it('is unreachable after 2.5 s if nothing responds there', async (t) => {
    const { url } = await serveBytes(t, () => undefined);
    const { upstream } = openTestUpstream(url.replace('http:', 'https:'), { connectTimeoutSeconds: 60 });
    t.after(upstream.close);
    const started = performance.now();
    assert.equal(await upstream.reach(never), 'no connection within 2.5 s');
    assert.ok(performance.now() - started < 4000);
  });

  void it('is no longer probed after the run is interrupted', async (t) => {
    const { url } = await serveBytes(t, () => undefined);
    const { upstream } = openTestUpstream(url.replace('http:', 'https:'), { connectTimeoutSeconds: 60 });
    t.after(upstream.close);
    const stopping = new AbortController();
    const reaching = upstream.reach(stopping.signal);
    stopping.abort(new Error('stopped'));
    await assert.rejects(reaching, { message: 'stopped' });
  });
});
