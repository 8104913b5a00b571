import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { dashboards } from '../../ops/dashboards/index.ts';
import { sources } from '../../src/sources/index.ts';
import { LAUNCHES, ROCKETS, sandboxReplies, startApi } from '../support/api.ts';
import { expressionsOf, metricsIn, readDashboard, readRules } from '../support/ops.ts';
import { without } from '../support/prometheus.ts';
import { startPrometheus } from '../support/running-prometheus.ts';
import { startServe, type RunningServe } from '../support/serve.ts';
import {
  createTestServer,
  QUICK_SOURCE,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

const TOKEN = 'a-token-for-this-test';

let server: TestServer;
before(async () => {
  server = await createTestServer();
});
after(() => server.close());

void describe('after a job on the sandbox', () => {
  let workspace: ServerWorkspace;
  let serve: RunningServe;
  before(async () => {
    const jobs = Object.fromEntries(sources.map(({ name }) => [name, { source: name }]));
    workspace = server.workspace({ resources: null, jobs });
    serve = await startServe(workspace, ['--from', 'sandbox', '--migrate']);
    await Promise.all([serve.line(/job spacex succeeded/), serve.line(/job launch-library succeeded/)]);
  });
  after(() => serve.stop());

  void it('GET /metrics returns every metric that a dashboard or a rule uses', async () => {
    const text = await (await fetch(`${serve.url}/metrics`)).text();
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
    const samples = [...text.matchAll(/^(\w+)[{ ]/gm)].map(([, name = '']) => name);
    const there = new Set([...families, ...samples]);
    const rules = [...readRules('recording.yml'), ...readRules('alerts.yml')];
    const shown = Object.keys(dashboards).flatMap((name) => expressionsOf(readDashboard(name)));
    const named = [...shown, ...rules.map(({ expr }) => expr)]
      .flatMap(metricsIn)
      .filter((name) => !name.includes(':'));
    assert.ok(new Set(named).size > 25);
    assert.deepEqual(
      named.filter((name) => !there.has(name)),
      [],
    );
  });

  for (const [name, suffix] of [
    ['launch-data.json', ''],
    ['next-launches.json', '_launch_library'],
  ] as const)
    for (const { targets = [], title } of readDashboard(name).panels.filter(({ targets: asked = [] }) =>
      asked.some(({ rawSql }) => rawSql !== undefined),
    ))
      void it(`the panel "${title}" in ${name} shows rows`, async () => {
        for (const { rawSql = '' } of targets) {
          const sql = rawSql
            .replaceAll('${schema}', `${workspace.schema}${suffix}`)
            .replaceAll(/\$__timeFilter\((\w+)\)/g, "$1 BETWEEN '2006-01-01' AND now()");
          assert.doesNotMatch(sql, /\$/);
          assert.ok((await workspace.sql(sql)).length > 0, sql);
        }
      });
});

void describe('a real Prometheus', { skip: without('prometheus') }, () => {
  void it('raises an alert when a run fails, and resolves it after a successful run', async (t) => {
    const good = await sandboxReplies({ launches: 3 });
    const api = await startApi({});
    t.after(api.close);
    const workspace = server.workspace({
      source: QUICK_SOURCE,
      jobs: { nightly: { source: 'spacex', from: api.url, schedule: null, retries: { limit: 0 } } },
    });
    const serve = await startServe(workspace, ['--migrate'], { SPACEX_PIPELINE_TOKEN: TOKEN });
    t.after(serve.stop);
    const prometheus = await startPrometheus(serve.url, TOKEN);
    t.after(prometheus.stop);
    const run = async (): Promise<void> => {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const { status } = await fetch(`${serve.url}/api/v1/jobs/nightly/run`, { method: 'POST', headers });
      assert.equal(status, 202);
    };

    await run();
    const { annotations, labels } = await prometheus.next('PipelineRunFailed', 'firing');
    assert.equal(labels['job_name'], 'nightly');
    assert.equal(labels['severity'], 'critical');
    assert.equal(annotations['summary'], 'The last run of nightly failed');

    api.set(ROCKETS, good[ROCKETS]);
    api.set(LAUNCHES, good[LAUNCHES]);
    await run();
    assert.equal((await prometheus.next('PipelineRunFailed', 'resolved')).labels['job_name'], 'nightly');
  });
});
