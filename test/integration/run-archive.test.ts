import assert from 'node:assert/strict';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import { startWayback, type Wayback, type WaybackOptions } from '../../src/sandbox/wayback/server.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { NOT_RECORDED, readRecorded, RECORDED_ROWS, recordedBody } from '../suites/recorded.ts';
import {
  assertFailure,
  createTestServer,
  QUICK_SOURCE,
  readJson,
  type ServerWorkspace,
} from '../support/workspace.ts';

const { resources } = spacex;

const server = await createTestServer();
after(server.close);

const ALL = resources.map(({ name }) => name);
const CAPTURED = ['rockets', 'capsules', 'ships', 'crew', 'roadster', 'launches'];

/**
 * Starts a stand-in for the archive, and a workspace that pulls from it. The stand-in's records are simulated unless
 * they are recorded.
 */
async function stage(
  options: WaybackOptions = {},
  settings: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly archive: Wayback; readonly workspace: ServerWorkspace }> {
  const archive = await startWayback({ launches: 30, ...options });
  after(archive.close);
  const { archiveUrl, recordingsUrl } = archive;
  const source = { ...QUICK_SOURCE, archiveUrl, recordingsUrl, ...settings };
  return { archive, workspace: server.workspace({ resources: null, source }) };
}

function named(report: RunReport, status: string): string[] {
  return ALL.filter((name) => report.resources[name]?.status === status);
}

/** The number of requests that were answered with records. */
function bodies(archive: Wayback): number {
  return archive.requests().filter(({ status }) => status === 200).length;
}

void describe('a run from the archive', { concurrency: 3 }, () => {
  void it('loads the six captured resources and names the missing ones if there are no recordings', async () => {
    const { archive, workspace } = await stage({}, { recordingsUrl: '' });
    const first = await workspace.pull(['--migrate']);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.report.address, 'archive');
    assert.deepEqual(named(first.report, 'succeeded').toSorted(), CAPTURED.toSorted());
    assert.deepEqual(
      named(first.report, 'absent'),
      ALL.filter((name) => !CAPTURED.includes(name)),
    );
    const [page] = first.report.resources['launches']?.pages ?? [];
    assert.equal(page?.proof, 'etag');
    assert.equal(page.captured_at, '2025-10-06T05:05:35.000Z');
    assert.match(page.url, /\/web\/20251006050535id_\/https:\/\/api\.spacexdata\.com\/v5\/launches$/);
    const meta = readJson<object>(first.report.run_dir ?? '', 'raw', 'launches', '0001.meta.json');
    assert.partialDeepStrictEqual(meta, { url: page.url, captured_at: page.captured_at, proof: 'etag' });

    const before = bodies(archive);
    const second = await workspace.run(['run', '-v']);
    assert.equal(second.code, 0, second.stderr);
    assert.equal(bodies(archive), before);
    assert.match(
      second.stdout,
      /^Absent: launchpads, .*, history \(rows loaded earlier remain, because there is no preserved copy/m,
    );
    assert.match(second.stdout, /^Preserved copies from different days, 2025-10-06 to 2026-02-06/m);

    const asked = await workspace.pull(['--resources', 'rockets,cores']);
    assert.equal(asked.code, 3);
    assert.equal(asked.report.status, 'partial');
    const verdict = await workspace.json<{ intact: boolean }>(['verify']);
    assert.equal(verdict.intact, true);
    const [row = { id: '' }] = await workspace.sql<{ id: string }>(
      'SELECT id FROM rockets ORDER BY id LIMIT 1',
    );
    const { records } = await workspace.json<{ records: readonly { readonly request: { url: string } }[] }>([
      'explain',
      'rockets',
      row.id,
    ]);
    assert.match(records[0]?.request.url ?? '', /id_\/https:\/\/api\.spacexdata\.com\/v4\/rockets$/);
    const shown = await workspace.run(['runs', 'show', first.report.run_id ?? '']);
    assert.match(shown.stdout, /^launches +2025-10-06T05:05:35 +etag +http/m);
  });

  void it('if there are recordings, loads all resources except the one that was never preserved', async () => {
    const { archive, workspace } = await stage();
    const { code, report, stderr } = await workspace.pull(['--migrate']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(named(report, 'absent'), ['starlink']);
    assert.equal(named(report, 'succeeded').length, 13);
    const before = bodies(archive);
    const again = await workspace.pull([]);
    assert.equal(again.code, 0, again.stderr);
    assert.equal(bodies(archive), before);
  });

  void it('loads the real API’s recorded responses unchanged', { skip: NOT_RECORDED }, async () => {
    const compact = (name: string) => Buffer.from(JSON.stringify(JSON.parse(recordedBody(name))));
    const recorded = Object.fromEntries(ALL.map((name) => [name, compact(name)]));
    const { workspace } = await stage({ bodies: recorded, marked: false }, { recordingsUrl: '' });
    const { code, report, stderr } = await workspace.pull(['--migrate']);
    assert.equal(code, 0, stderr);
    assert.equal(report.simulated, false);
    assert.deepEqual(named(report, 'succeeded').toSorted(), CAPTURED.toSorted());
    for (const name of CAPTURED) {
      const { tables = {}, received } = report.resources[name] ?? {};
      assert.equal(received, readRecorded(name).length);
      const counts = Object.entries(tables).map(([table, { inserted }]) => [table, inserted]);
      assert.deepEqual(Object.fromEntries(counts), RECORDED_ROWS[name]);
    }
  });

  void it('does not load or retry a copy with a wrong ETag or a replayed error', async () => {
    const behaviors = { 'captures/rockets': 'wrong-etag', 'captures/crew': 'replayed=525' };
    const { archive, workspace } = await stage({ behaviors }, { recordingsUrl: '' });
    const { code, report } = await workspace.pull(['--migrate', '--resources', 'rockets,crew,ships']);
    assert.equal(code, 3);
    assert.deepEqual(named(report, 'failed'), ['rockets']);
    // If the only capture is an error page, there is no copy.
    assert.deepEqual(named(report, 'absent'), ['crew']);
    assert.equal(report.resources['ships']?.status, 'succeeded');
    assert.deepEqual(await workspace.sql('SELECT id FROM rockets'), []);
    const { raw } = readJson<{ raw: object }>(report.run_dir ?? '', 'run.json');
    assert.ok('ships' in raw);
    const playback = archive.requests().filter(({ path: asked }) => /id_\/.*\/v4\/crew$/.test(asked));
    assert.ok(playback.length <= 2, `${playback.length} requests`);
  });

  void it('keeps the rows that came from a different address, even when resumed, unless the archive was requested', async () => {
    const { archive, workspace } = await stage({
      behaviors: { 'captures/launches': 'slow' },
      marked: false,
    });
    const live = await workspace.pull(['--migrate', '--from', archive.url, '--resources', 'rockets,crew']);
    assert.equal(live.code, 0, live.stderr);
    const running = workspace.start(['run', '--resources', 'rockets,crew,launches']);
    await Promise.all([
      running.line(/rockets: kept the rows that run /),
      running.line(/crew: kept the rows that run /),
    ]);
    running.kill('SIGKILL');
    await running.finished;
    const kept = await workspace.run(['resume']);
    assert.equal(kept.code, 0, kept.stderr);
    assert.match(
      kept.stdout,
      /^Kept: rockets, crew \(rows loaded earlier remain, because they were last published from a different address/m,
    );
    const replaced = await workspace.pull(['--from', 'archive', '--resources', 'rockets']);
    assert.deepEqual(named(replaced.report, 'succeeded'), ['rockets']);
  });

  void it('with --as-of requests the capture from the given day, and no later recording', async () => {
    const { archive, workspace } = await stage();
    const { code, report, stderr } = await workspace.pull([
      '--migrate',
      '--as-of',
      '2025-11-01',
      '--resources',
      'rockets,dragons',
    ]);
    assert.equal(code, 3, stderr);
    assert.equal(report.address, 'archive@2025-11-01');
    assert.deepEqual([named(report, 'succeeded'), named(report, 'absent')], [['rockets'], ['dragons']]);
    assert.ok(archive.requests().some(({ path: asked }) => asked.includes('/web/20251101id_/')));
    const late = await workspace.run(['run', '--as-of', '2020-01-01', '--resources', 'rockets']);
    assert.match(late.stdout, /^Later than 2020-01-01, because no capture is nearer: rockets\.$/m);
    assertFailure(await workspace.run(['run', '--as-of', '2999-01-01']), {
      code: 2,
      message: /--as-of "2999-01-01": it is in the future/,
    });
    assertFailure(await workspace.run(['run', '--as-of', 'yesterday']), {
      code: 2,
      message: /--as-of "yesterday": it is not a date/,
    });
    assertFailure(await workspace.run(['run', '--from', 'live', '--as-of', '2025-11-01']), {
      code: 2,
      message: /only preserved copies can be selected by date/,
    });
  });

  void it('that was killed in any step continues with the stored copies, and ends like an uninterrupted run', async () => {
    const resourcesFlag = ['--resources', 'rockets,crew,payloads,launches'];
    const { archive, workspace } = await stage({ behaviors: { 'captures/launches': 'slow' } });
    const undisturbed = server.workspace({
      resources: null,
      source: { ...QUICK_SOURCE, archiveUrl: archive.archiveUrl, recordingsUrl: archive.recordingsUrl },
    });
    const { report } = await undisturbed.pull(['--migrate', ...resourcesFlag]);
    const digests = (of: RunReport) =>
      Object.values(of.resources).map(({ tables }) => Object.values(tables).map(({ digest }) => digest));
    for (const line of [
      /crew: \d+ of \d+ records validated/,
      /launches: received/,
      /launches: \d+ of \d+ records validated/,
    ]) {
      const running = workspace.start(['run', '--migrate', '--full', ...resourcesFlag]);
      await running.line(line);
      running.kill('SIGKILL');
      await running.finished;
      const before = archive.requests().length;
      // If the run was killed before it began or after it committed, there is nothing to resume.
      const resumed = await workspace.json<RunReport>(['resume']).catch(async () => {
        const again = await workspace.pull(resourcesFlag);
        assert.equal(again.code, 0, again.stderr);
        return again.report;
      });
      assert.deepEqual(digests(resumed), digests(report), String(line));
      if (!String(line).includes('crew')) continue;
      const asked = archive
        .requests()
        .slice(before)
        .map((request) => path.basename(request.path));
      assert.ok(!asked.includes('crew'), asked.join());
    }
    assert.equal((await workspace.json<{ intact: boolean }>(['verify'])).intact, true);
  });
});
