import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Ajv } from 'ajv';

import { jobReport, jobTry } from '../../src/output/jobs.ts';
import { runDocument } from '../../src/output/runs.ts';
import type { ErrorReport } from '../../src/core/errors.ts';
import { array, type Schema } from '../../src/core/schema.ts';
import { startServe, type RunningServe } from '../support/serve.ts';
import { ask, assertRefused } from '../support/serve-http.ts';
import { assertFailure, createTestServer, type ServerWorkspace } from '../support/workspace.ts';

const TOKEN = 'a-token-of-more-than-16-characters';

const server = await createTestServer();
after(() => server.close());

let workspace: ServerWorkspace;
let open: RunningServe;
let closed: RunningServe;
before(async () => {
  workspace = server.workspace({
    jobs: { pull: { from: 'sandbox', schedule: '0 0 1 1 *', resources: ['rockets'] } },
    serve: { queueSchema: 'queue_open' },
  });
  open = await startServe(workspace, ['--migrate']);
  const other = server.workspace({
    jobs: { pull: { from: 'sandbox', schedule: null } },
    serve: { queueSchema: 'queue_closed' },
  });
  closed = await startServe(other, ['--migrate'], { SPACEX_PIPELINE_TOKEN: TOKEN });
  await open.line(/job pull succeeded/);
});
after(() => Promise.all([open.stop(), closed.stop()]));

async function assertShape(path: string, schema: Schema): Promise<unknown> {
  const answer = await ask(open, 'GET', path);
  assert.equal(answer.status, 200, answer.body);
  const document: unknown = JSON.parse(answer.body);
  const validate = new Ajv({ strict: false, formats: { time: true } }).compile(schema);
  assert.ok(validate(document), JSON.stringify(validate.errors));
  return document;
}

describe('the serve HTTP API', () => {
  it('reports to every client that it is alive and ready', async () => {
    for (const one of [open, closed]) {
      const alive = await ask(one, 'GET', '/healthz');
      assert.deepEqual([alive.status, JSON.parse(alive.body)], [200, { status: 'alive' }]);
      const ready = await ask(one, 'GET', '/readyz');
      assert.deepEqual([ready.status, JSON.parse(ready.body)], [200, { ready: true, reasons: [] }]);
    }
  });

  it('reports that it is not ready if a newer version has migrated the schema', async () => {
    await workspace.sql(`INSERT INTO migrations (name) VALUES ('spacex/9999_future')`);
    const { status, body } = await ask(open, 'GET', '/readyz');
    await workspace.sql(`DELETE FROM migrations WHERE name = 'spacex/9999_future'`);
    const { ready, reasons }: { ready: boolean; reasons: string[] } = JSON.parse(body);
    assert.deepEqual([status, ready, reasons.length], [503, false, 1]);
    assert.match(reasons[0] ?? '', /^Cannot use schema .*newer version/);
  });

  it('returns the same documents as --json', async () => {
    const jobs = await assertShape('/api/v1/jobs', array(jobReport));
    assert.deepEqual(jobs, await workspace.json(['jobs']));
    assert.deepEqual([await assertShape('/api/v1/jobs/pull', jobReport)], jobs);
    const tries = await assertShape('/api/v1/jobs/pull/history', array(jobTry));
    assert.deepEqual(tries, await workspace.json(['jobs', 'history', 'pull']));
    const runs = await assertShape('/api/v1/runs?limit=1', array(runDocument));
    assert.deepEqual(runs, await workspace.json(['runs', '--limit', '1']));
    const [{ run_id } = { run_id: '' }] = runs as { run_id: string }[];
    const run = await assertShape(`/api/v1/runs/${run_id}`, runDocument);
    assert.deepEqual(run, await workspace.json(['runs', 'show', run_id]));
  });

  it('runs, disables and enables a job', async () => {
    const queued = await ask(open, 'POST', '/api/v1/jobs/pull/run');
    const document: { job: string; queued: boolean } = JSON.parse(queued.body);
    assert.deepEqual([queued.status, document.job, document.queued], [202, 'pull', true]);
    const again = await ask(open, 'POST', '/api/v1/jobs/pull/run');
    const { code } = assertRefused(again, 409, /^Cannot queue job pull: it is already in the queue$/);
    const { error: _error, ...rest }: { error: ErrorReport } = JSON.parse(again.body);
    assert.deepEqual([code, rest], ['busy', { job: 'pull', job_id: null, queued: false }]);
    const disabled = await ask(open, 'POST', '/api/v1/jobs/pull/disable');
    const report: { enabled: boolean; next_run: string | null } = JSON.parse(disabled.body);
    assert.deepEqual([disabled.status, report.enabled, report.next_run], [200, false, null]);
    const enabled = await ask(open, 'POST', '/api/v1/jobs/pull/enable');
    assert.equal(JSON.parse(enabled.body).enabled, true);
  });

  it('returns 404 for unknown paths, jobs and runs', async () => {
    for (const [method, path, message] of [
      ['GET', '/nowhere', /^Cannot find \/nowhere: there is no such path$/],
      ['GET', '/api/v1/jobs/', /^Cannot find \/api\/v1\/jobs\/:/],
      ['GET', '/api//v1/jobs', /^Cannot find \/api\/\/v1\/jobs:/],
      ['GET', '/api/v1/jobs/pul', /^Cannot find job "pul": known jobs: pull; did you mean "pull"\?$/],
      ['GET', '/api/v1/jobs/none/history', /^Cannot find job "none"/],
      ['POST', '/api/v1/jobs/none/run', /^Cannot find job "none": known jobs: pull/],
      ['POST', '/api/v1/jobs/none/disable', /^Cannot find job "none"/],
      ['GET', '/api/v1/runs/0000', /^Cannot find run 0000/],
    ] as const)
      assertRefused(await ask(open, method, path), 404, message);
  });

  it('requires the token for everything except health checks', async () => {
    for (const [method, path] of [
      ['GET', '/metrics'],
      ['GET', '/api/v1/jobs'],
      ['POST', '/api/v1/jobs/pull/run'],
    ] as const) {
      for (const headers of [{}, { authorization: `Bearer ${TOKEN}x` }, { authorization: TOKEN }])
        assertRefused(await ask(closed, method, path, headers), 401, /the token is missing or invalid$/);
    }
    const answer = await ask(closed, 'GET', '/api/v1/jobs', { authorization: `Bearer ${TOKEN}` });
    assert.equal(answer.status, 200, answer.body);
  });

  it('rejects requests for a different host name and requests from pages on a different site', async () => {
    const rebound = await ask(open, 'GET', '/api/v1/jobs', { host: 'evil.example:80' });
    assertRefused(
      rebound,
      421,
      /^Cannot accept a request for host evil\.example:80: this server is 127\.0\.0\.1$/,
    );
    const { host } = new URL(open.url);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await ask(open, 'POST', '/api/v1/jobs/pull/run', { host, ...headers });
      assertRefused(answer, 403, /another site$/);
    }
    const own = { host, origin: open.url, 'sec-fetch-site': 'same-origin' };
    assert.equal((await ask(open, 'POST', '/api/v1/jobs/pull/enable', own)).status, 200);
  });

  it('accepts only JSON bodies of limited size', async () => {
    const path = '/api/v1/jobs/pull/enable';
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '3' };
    assertRefused(await ask(open, 'POST', path, form, 'a=b'), 415, /not application\/json$/);
    const chunked = { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' };
    assertRefused(await ask(open, 'POST', path, chunked, 'a=b'), 415, /not application\/json$/);
    const json = { 'content-type': 'Application/JSON; charset=utf-8' };
    assert.equal((await ask(open, 'POST', path, json, '{}')).status, 200);
    const large = JSON.stringify({ a: 'x'.repeat(20_000) });
    assertRefused(await ask(open, 'POST', path, json, large), 413, /more than 16384 bytes$/);
  });

  it('sends security headers, but no HSTS header over plain HTTP', async () => {
    const { headers } = await ask(open, 'GET', '/healthz');
    assert.equal(headers['strict-transport-security'], undefined);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  it('cannot be served beyond this machine without a token, or on a port that is in use', async () => {
    const far = await workspace.run(['serve', '--host', '0.0.0.0', '--port', '0']);
    assertFailure(far, { code: 2, message: /^error: Cannot serve on 0\.0\.0\.0 without a token/ });
    const taken = await workspace.run(['serve', '--port', new URL(open.url).port]);
    assertFailure(taken, { code: 2, message: /^error: Cannot listen on 127\.0\.0\.1:/, hint: /--port/ });
  });

  it('never prints the token', async () => {
    const env = { SPACEX_PIPELINE_TOKEN: TOKEN };
    const shown = await workspace.run(['config'], env);
    assert.equal(shown.code, 0);
    assert.doesNotMatch(shown.stdout + shown.stderr, new RegExp(TOKEN));
    const wrong = await workspace.run(['config'], { SPACEX_PIPELINE_TOKEN: 'too-short-1' });
    assertFailure(wrong, { code: 2, message: /must be at least 16 ASCII characters .*found 11 characters$/ });
  });
});
