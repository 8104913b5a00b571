import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { startApi } from '../support/api.ts';
import { valuesOf } from '../support/metrics.ts';
import { promtool, without } from '../support/prometheus.ts';
import {
  createTestServer,
  createWorkspace,
  QUICK_SOURCE,
  readText,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

let server: TestServer;
let workspace: ServerWorkspace;
before(async () => {
  server = await createTestServer();
  workspace = server.workspace();
  const { code, stderr } = await workspace.run([
    'run',
    '--from',
    'sandbox',
    '--migrate',
    '--metrics-file',
    'run.prom',
  ]);
  assert.equal(code, 0, stderr);
});
after(() => server.close());

void describe('run --metrics-file', () => {
  void it('writes a file that promtool accepts', { skip: without('promtool') }, () => {
    promtool(['check', 'metrics'], { input: readText(workspace.folder, 'run.prom') });
  });

  void it('writes only the metrics of the run, without timestamps', () => {
    const text = readText(workspace.folder, 'run.prom');
    const values = valuesOf(text);
    assert.equal(values['runs_total{source="spacex",job_name="",status="succeeded"}'], 1);
    assert.equal(values['http_requests_total{source="spacex",status="200"}'], 2);
    assert.ok(Number(values['records_total{source="spacex",resource="launches",outcome="inserted"}']) > 100);
    for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#')))
      assert.match(line, /^spacex_pipeline_\w+(\{[^}]*\})? [\d.e+-]+$/);
  });

  void it('replaces the old file, and leaves no temporary file', async () => {
    const { code } = await workspace.run(['run', '--from', 'sandbox', '--metrics-file', 'run.prom']);
    assert.equal(code, 0);
    const values = valuesOf(readText(workspace.folder, 'run.prom'));
    assert.equal(values['runs_total{source="spacex",job_name="",status="succeeded"}'], 1);
    assert.equal(values['records_total{source="spacex",resource="launches",outcome="inserted"}'], undefined);
    assert.ok(Number(values['records_total{source="spacex",resource="launches",outcome="unchanged"}']) > 100);
    assert.deepEqual(
      readdirSync(workspace.folder).filter((name) => /prom|tmp/.test(name)),
      ['run.prom'],
    );
  });

  void it('writes the metrics of a run that fails', async (t) => {
    const api = await startApi({});
    t.after(api.close);
    const args = ['run', '--from', api.url, '--metrics-file', 'failed.prom'];
    assert.equal((await workspace.run(args)).code, 3);
    const values = valuesOf(readText(workspace.folder, 'failed.prom'));
    assert.equal(values['runs_total{source="spacex",job_name="",status="failed"}'], 1);
    assert.equal(values['http_requests_total{source="spacex",status="404"}'], 1);
    assert.ok(Number(values['last_run_timestamp_seconds{source="spacex",job_name="",status="failed"}']) > 0);
  });

  void it('writes metrics even if no run could begin', async (t) => {
    for (const [configured, args, source] of [
      [{ database: { url: 'postgres://127.0.0.1:1/none' } }, [], 'spacex'],
      [{}, ['--from', 'nowhere'], 'spacex'],
      [{ batchSize: 'many' }, [], ''],
    ] as const) {
      const own = createWorkspace({ source: QUICK_SOURCE, ...configured });
      t.after(own.remove);
      const { code } = await own.run(['run', '--metrics-file', 'run.prom', ...args]);
      assert.ok(code !== 0);
      const values = valuesOf(readText(own.folder, 'run.prom'));
      assert.equal(values[`runs_total{source="${source}",job_name="",status="failed"}`], 1);
    }
  });

  void it('only warns if the file cannot be written', async () => {
    writeFileSync(join(workspace.folder, 'no-folder'), '');
    const { code, stderr } = await workspace.run([
      'run',
      '--from',
      'sandbox',
      '--metrics-file',
      'no-folder/run.prom',
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warn +Cannot write the metrics to no-folder\/run\.prom: ENOTDIR/);
    rmSync(join(workspace.folder, 'no-folder'));
    const missing = await workspace.run([
      'run',
      '--resources',
      'cakes',
      '--metrics-file',
      'no-folder/run.prom',
    ]);
    assert.match(
      missing.stderr,
      /Cannot write the metrics to no-folder\/run\.prom: the folder \S+\/no-folder does not exist$/m,
    );
  });

  void it('rejects a file name that node_exporter does not read', async () => {
    const { code, stderr } = await workspace.run(['run', '--metrics-file', 'run.txt']);
    assert.equal(code, 2);
    assert.match(stderr, /'--metrics-file <file>' argument 'run\.txt' is invalid\. It must end in \.prom\./);
    assert.ok(!workspace.list().includes('run.txt'));
  });
});
