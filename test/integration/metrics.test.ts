import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Client } from 'pg';

import { withEmbedded } from '../support/embedded-template.ts';
import { valuesOf } from '../support/metrics.ts';
import { promtool, without } from '../support/prometheus.ts';
import { startServe, type RunningServe } from '../support/serve.ts';
import {
  createTestServer,
  createWorkspace,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

/** What GET /metrics returns. */
async function scrape({ url }: RunningServe): Promise<{ readonly type: string; readonly text: string }> {
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 200);
  return { type: response.headers.get('content-type') ?? '', text: await response.text() };
}

void describe('GET /metrics', () => {
  let server: TestServer;
  let workspace: ServerWorkspace;
  let serve: RunningServe;
  before(async () => {
    server = await createTestServer();
    workspace = server.workspace();
    serve = await startServe(workspace, ['--from', 'sandbox', '--migrate']);
    await serve.line(/job spacex succeeded/);
  });
  after(async () => {
    await serve.stop();
    await server.close();
  });

  void it('is accepted by promtool', { skip: without('promtool') }, async () => {
    const { text, type } = await scrape(serve);
    assert.match(type, /^text\/plain; version=0\.0\.4/);
    promtool(['check', 'metrics'], { input: text });
  });

  void it('counts the run, and reports the state of the ledger', async () => {
    const values = valuesOf((await scrape(serve)).text);
    const [run] = await workspace.sql<Record<string, number>>(
      `SELECT extract(epoch FROM r.finished_at)::float8 AS finished, t.inserted::integer, rr.received::integer,
         (SELECT sum(bytes) FROM run_pages p WHERE p.resource = 'launches')::integer AS bytes,
         (SELECT count(*) FROM run_checks WHERE severity = 'info' AND count > 0)::integer AS info
       FROM runs r JOIN run_resources rr USING (run_id) JOIN run_tables t USING (run_id)
       WHERE rr.resource = 'launches' AND t.table_name = 'launches'`,
    );
    const launches = 'source="spacex",resource="launches"';
    for (const [name, value] of [
      ['runs_total{source="spacex",job_name="spacex",status="succeeded"}', 1],
      ['job_tries_total{job_name="spacex",status="succeeded"}', 1],
      ['job_last_status{job_name="spacex",status="succeeded"}', 1],
      ['job_interval_seconds{job_name="spacex"}', 86_400],
      ['http_requests_total{source="spacex",status="200"}', 2],
      ['http_request_duration_seconds_count{source="spacex"}', 2],
      [`received_bytes_total{${launches}}`, run?.['bytes']],
      [`records_total{${launches},outcome="received"}`, run?.['received']],
      [`records_total{${launches},outcome="inserted"}`, run?.['inserted']],
      [`last_success_timestamp_seconds{${launches}}`, run?.['finished']],
      ['checks_failing{source="spacex",severity="info"}', run?.['info']],
      ['ledger_up', 1],
    ] as const)
      assert.equal(values[name], value, name);
    assert.match(
      (await scrape(serve)).text,
      /^spacex_pipeline_drift_findings\{source="spacex",resource="launches"\} \d+$/m,
    );
    for (const name of ['step_seconds_total', 'data_free_bytes', 'data_size_bytes'])
      assert.ok(
        Object.entries(values).some(([one, value]) => one.startsWith(name) && value > 0),
        name,
      );
  });

  void it('reports rejects, held rows and the newest past event from the current database', async () => {
    const [next, newest] = await workspace.sql<{ unix: string }>(
      'SELECT launch_date_unix AS unix FROM launches ORDER BY launch_date_unix DESC LIMIT 2',
    );
    await workspace.sql(
      `UPDATE launches SET launch_date_utc = now() + interval '1 hour' WHERE launch_date_unix = ${next?.unix}`,
    );
    await workspace.sql(
      `INSERT INTO rejects SELECT 'launches', 'an id', 'a fingerprint', 'open', null, run_id, run_id, now(), now(), 1, '[]', 1, 0, 0, null
       FROM runs`,
    );
    await workspace.sql(`UPDATE run_tables SET held = 3 WHERE table_name = 'rockets'`);
    const values = valuesOf((await scrape(await startedAgain())).text);
    assert.equal(values['rejects_open{source="spacex",resource="launches"}'], 1);
    assert.equal(
      values['newest_event_timestamp_seconds{source="spacex",resource="launches"}'],
      Number(newest?.unix),
    );
    assert.equal(values['rows_held{source="spacex",resource="rockets"}'], 3);
  });

  void it('omits the database’s metrics if the database does not respond', async () => {
    const again = await startedAgain();
    const client = new Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query(`BEGIN; LOCK TABLE ${workspace.schema}_pipeline.rejects`);
      const { text } = await scrape(again);
      const values = valuesOf(text);
      assert.match(text, /^spacex_pipeline_ledger_up 0$/m);
      assert.doesNotMatch(text, /^spacex_pipeline_(rejects_open|last_success)/m);
      assert.ok((values['data_free_bytes'] ?? 0) > 0);
    } finally {
      await client.end();
    }
  });

  /** Starts a new process, which has not read anything yet. */
  async function startedAgain(): Promise<RunningServe> {
    await serve.stop();
    serve = await startServe(workspace, ['--from', 'sandbox']);
    return serve;
  }
});

void it('constant scraping does not disrupt a run on the embedded database', async (t) => {
  const workspace = await withEmbedded(createWorkspace({ resources: null, batchSize: 50 }), 'data/sandbox');
  t.after(workspace.remove);
  const serve = await startServe(workspace, ['--from', 'sandbox']);
  t.after(serve.stop);
  const over = new AbortController();
  const ended = serve.line(/job spacex (succeeded|partial|failed)/).finally(() => over.abort());
  let scraped = 0;
  for (; !over.signal.aborted; scraped += 1) await scrape(serve);
  assert.match(await ended, /job spacex succeeded/);
  assert.ok(scraped > 1);
  assert.match((await scrape(serve)).text, /^spacex_pipeline_ledger_up 1$/m);
});
