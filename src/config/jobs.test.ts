import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { PipelineError } from '../core/errors.ts';
import { sources } from '../sources/index.ts';
import launchLibrary from '../sources/launch-library/source.ts';
import { findJob, forJob, readJobs, type Job } from './jobs.ts';
import { loadConfig, type LoadedConfig } from './load.ts';

const [source] = sources;
const [resource, other] = source.resources.map(({ name }) => name) as [string, string];
const folder = mkdtempSync(join(tmpdir(), 'test-jobs-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The jobs that a configuration file with this section defines. */
async function jobsOf(jobs: unknown, from: string | null = null): Promise<readonly Job[]> {
  writeFileSync(join(folder, 'spacex-pipeline.config.json'), JSON.stringify({ jobs }));
  return readJobs(await loadConfig({ cwd: folder, env: {} }), from);
}

async function refusal(jobs: unknown): Promise<string> {
  try {
    await jobsOf(jobs);
  } catch (error) {
    assert.ok(error instanceof PipelineError, String(error));
    assert.equal(error.code, 'usage');
    assert.match(error.hint ?? '', /^Correct it /);
    const [, reason = ''] = /^Cannot use \S*spacex-pipeline\.config\.json: (.*)$/.exec(error.message) ?? [];
    return reason;
  }
  return 'accepted';
}

void describe('jobs', () => {
  void it('default to one for each source, on its default schedule', async () => {
    const jobs = await jobsOf(undefined);
    assert.deepEqual(
      jobs.map(({ name, schedule, source: of }) => [name, of.name, schedule]),
      sources.map(({ name, schedule }) => [name, name, schedule]),
    );
    const [{ source: _source, ...job }] = jobs as [Job];
    assert.deepEqual(job, {
      name: source.name,
      from: null,
      resources: null,
      schedule: source.schedule,
      timezone: 'UTC',
      overlap: 'skip',
      missed: 'once',
      timeoutSeconds: 3600,
      retries: { limit: 3, delaySeconds: 60, maxDelaySeconds: 3600 },
      limits: {},
      enabled: true,
    });
  });

  void it('run more often if a token allows more requests', async () => {
    const env = { SPACEX_PIPELINE_LAUNCH_LIBRARY_TOKEN: 'x'.repeat(40) };
    const schedules = async (loaded: LoadedConfig) =>
      (await readJobs(loaded)).map(({ schedule }) => schedule);
    const often = launchLibrary.auth?.schedule ?? assert.fail();
    assert.deepEqual(
      await schedules(await loadConfig({ env, cwd: tmpdir() })),
      sources.map((one) => (one === launchLibrary ? often : one.schedule)),
    );
    assert.notEqual(often, launchLibrary.schedule);
  });

  void it('use --from if it applies: an archive to every source that has one, a base URL to a single source', async () => {
    const froms = async (from: string) => (await jobsOf(undefined, from)).map((job) => job.from);
    assert.deepEqual(
      await froms('archive'),
      sources.map(({ archive }) => (archive === null ? null : 'archive')),
    );
    assert.deepEqual(
      await froms('sandbox'),
      sources.map(() => 'sandbox'),
    );
    await assert.rejects(froms('http://user:secret@127.0.0.1:1'), {
      code: 'usage',
      message: `Cannot use --from http://***@127.0.0.1:1: it would apply to jobs for ${sources.map(({ name }) => name).join(' and ')}, but a base URL belongs to a single source`,
    });
    const loaded = await loadConfig({ cwd: tmpdir(), env: {} });
    const [named, ...others] = await readJobs(loaded, 'http://127.0.0.1:1', [source]);
    assert.deepEqual([named?.source, named?.from, others], [source, 'http://127.0.0.1:1', []]);
    const [only] = await jobsOf({ only: {} }, 'http://127.0.0.1:1');
    assert.equal(only?.from, 'http://127.0.0.1:1');
  });

  void it('are absent if the configured section is empty', async () => {
    assert.deepEqual(await jobsOf({}), []);
    const env = { SPACEX_PIPELINE_JOBS: '{}' };
    const loaded = await loadConfig({ cwd: tmpdir(), env });
    assert.deepEqual(await readJobs(loaded), []);
    assert.throws(() => findJob([], 'nightly'), /Cannot find job "nightly": there are no jobs$/);
  });

  void it('have their configured settings, and defaults for all other settings', async () => {
    const [night, byHand, tabs] = (await jobsOf(
      {
        night: {
          from: 'live',
          resources: [resource],
          schedule: '0 4 * * MON-FRI',
          timezone: 'Europe/Berlin',
          overlap: 'queue',
          missed: 'none',
          timeoutSeconds: 60,
          retries: { limit: 0, delaySeconds: 7200 },
          limits: { rejects: { count: 1 } },
          enabled: false,
        },
        'by-hand': { source: source.name, schedule: null },
        tabs: { schedule: ' 0\t4 *  * * ' },
      },
      'sandbox',
    )) as [Job, Job, Job];
    assert.partialDeepStrictEqual(night, { from: 'live', enabled: false, limits: { rejects: { count: 1 } } });
    assert.deepEqual(night.retries, { limit: 0, delaySeconds: 7200, maxDelaySeconds: 7200 });
    assert.equal(tabs.schedule, '0 4 * * *');
    assert.deepEqual([byHand.schedule, byHand.from, byHand.enabled], [null, 'sandbox', true]);
  });

  void it('override only the source settings that they set themselves', async () => {
    const jobs = await jobsOf({ a: { resources: [resource], limits: { vanished: { share: 0.5 } } }, b: {} });
    const whole = await loadConfig({ cwd: folder, env: {} });
    const [a, b] = jobs.map((job) => forJob(whole, job).config);
    assert.deepEqual(a?.settings.resources, [resource]);
    assert.deepEqual(a?.limits, { rejects: { count: 5, share: 0.1 }, vanished: { count: 5, share: 0.5 } });
    assert.deepEqual(b?.settings.resources, null);
    assert.deepEqual(b?.limits, whole.config.limits);
  });

  void it('are found by name; for an unknown name, the closest one is suggested', async () => {
    const jobs = await jobsOf({ nightly: {}, weekly: {} });
    assert.equal(findJob(jobs, 'weekly').name, 'weekly');
    assert.throws(() => findJob(jobs, 'nigtly'), {
      code: 'usage',
      message: 'Cannot find job "nigtly": known jobs: nightly, weekly; did you mean "nightly"?',
      hint: 'spacex-pipeline jobs',
    });
  });

  void it('accept every valid setting', async () => {
    for (const job of [
      { schedule: '@daily' },
      { schedule: ' 0  4 * * 7 ' },
      { schedule: '*/5 9-17 1,15 JAN-MAR *' },
      { timezone: 'CET' },
      { timezone: 'UTC' },
      { from: 'archive@2025-10-06' },
      { from: 'https://me:secret@mirror.example/api' },
      { resources: null },
      { resources: [resource, other] },
      { timeoutSeconds: 0.5 },
      { retries: {} },
    ])
      assert.equal(await refusal({ a: job }), 'accepted', JSON.stringify(job));
    for (const name of ['a', 'A.b_c-9', '9', 'x'.repeat(60)])
      assert.equal(await refusal({ [name]: {} }), 'accepted', name);
  });

  const NAME = `a name of at most 60 letters, digits, ., _ and - that starts with a letter or digit`;
  const CRON = 'must be a cron expression';
  const LISTED = 'or a list, range or step of these values';
  const ADDRESS = 'archive, live, sandbox or an http:// or https:// URL without a query';
  const WRONG: readonly (readonly [job: unknown, reason: string])[] = [
    [7, 'jobs.a must be an object, found 7'],
    [null, 'jobs.a must be an object, found null'],
    [{ schedul: '* * * * *' }, 'unknown key "jobs.a.schedul"; did you mean "jobs.a.schedule"?'],
    [
      { retries: { delay: 1 } },
      'unknown key "jobs.a.retries.delay"; did you mean "jobs.a.retries.delaySeconds"?',
    ],
    [
      { source: `${source.name}x` },
      `jobs.a.source must be one of ${sources.map(({ name }) => name).join(', ')}, found "${source.name}x"; did you mean "${source.name}"?`,
    ],
    [{ from: 'archiv' }, `jobs.a.from must be ${ADDRESS}, found "archiv"; did you mean "archive"?`],
    [{ from: 'ftp://me:secret@h' }, `jobs.a.from must be ${ADDRESS}, found "ftp://***@h"`],
    [{ from: 7 }, `jobs.a.from must be ${ADDRESS}, found 7`],
    [
      { resources: [resource, `${resource}x`] },
      `jobs.a.resources[1] must be a resource of ${source.name}, found "${resource}x"; did you mean "${resource}"?`,
    ],
    [{ resources: [] }, 'jobs.a.resources must be a list of distinct names, or null for all, found []'],
    [
      { resources: resource },
      `jobs.a.resources must be a list of distinct names, or null for all, found "${resource}"`,
    ],
    [{ schedule: '' }, `jobs.a.schedule ${CRON} with five fields, or null, found ""`],
    [{ schedule: 7 }, `jobs.a.schedule ${CRON} with five fields, or null, found 7`],
    [
      { schedule: '0 25 * * *' },
      `jobs.a.schedule ${CRON}, found "0 25 * * *": its hour must be *, 0 to 23, ${LISTED}, found "25"`,
    ],
    [{ timezone: '' }, 'jobs.a.timezone must be a time zone such as Europe/Berlin, found ""'],
    [
      { timezone: 'Europe/Berln' },
      'jobs.a.timezone must be a time zone, found "Europe/Berln"; did you mean "Europe/Berlin"?',
    ],
    [{ timezone: 'Mars/Olympus' }, 'jobs.a.timezone must be a time zone, found "Mars/Olympus"'],
    [{ overlap: 'skipp' }, 'jobs.a.overlap must be one of skip, queue, found "skipp"; did you mean "skip"?'],
    [{ missed: true }, 'jobs.a.missed must be one of once, none, found true'],
    [{ timeoutSeconds: 0 }, 'jobs.a.timeoutSeconds must be a number above 0 and at most 82800, found 0'],
    [{ retries: { limit: 1.5 } }, 'jobs.a.retries.limit must be a whole number from 0 to 100, found 1.5'],
    [
      { retries: { delaySeconds: -1 } },
      'jobs.a.retries.delaySeconds must be a whole number from 0 to 86400, found -1',
    ],
    [
      { retries: { delaySeconds: 100, maxDelaySeconds: 10 } },
      'jobs.a.retries.maxDelaySeconds must be at least delaySeconds (100), found 10',
    ],
    [
      { limits: { rejects: { share: 2 } } },
      'jobs.a.limits.rejects.share must be a number from 0 to 1, found 2',
    ],
    [{ limits: { reject: {} } }, 'unknown key "jobs.a.limits.reject"; did you mean "jobs.a.limits.rejects"?'],
    [{ enabled: 'yes' }, 'jobs.a.enabled must be true or false, found "yes"'],
  ];
  for (const [job, reason] of WRONG)
    void it(`reject ${JSON.stringify(job)}`, async () => assert.equal(await refusal({ a: job }), reason));

  void it('reject an invalid name, and count all faults', async () => {
    for (const name of ['a b', '', '-a', 'ä', 'x'.repeat(61)])
      assert.equal(
        await refusal({ [name]: {} }),
        `jobs has the key ${JSON.stringify(name)}, which must be ${NAME}`,
      );
    const two = { a: { timezone: 'Mars', resources: ['cakes'] }, b: { schedule: '0 0 30 2 *' } };
    assert.match(await refusal(two), /^jobs\.a\.resources\[0\] must be .* \(and 2 more\)$/);
    assert.equal(await refusal([]), 'jobs must be an object, found []');
  });

  void it('report faults with the name of the variable that set the jobs', async () => {
    rmSync(join(folder, 'spacex-pipeline.config.json'), { force: true });
    const variable = (text: string): Promise<unknown> =>
      loadConfig({ cwd: folder, env: { SPACEX_PIPELINE_JOBS: text } }).then((loaded) => readJobs(loaded));
    const start = 'Cannot use SPACEX_PIPELINE_JOBS: ';
    await assert.rejects(variable('{"a":{"schedule":"0 4 31 2 *"}}'), {
      message: `${start}jobs.a.schedule ${CRON}, found "0 4 31 2 *": it names a date that never occurs`,
    });
    await assert.rejects(variable('{"a":{"missed":1}}'), {
      message: `${start}jobs.a.missed must be one of once, none, found 1`,
    });
    await assert.rejects(variable('{"a":{},"a":{}}'), { message: `${start}"a" appears twice` });
    await assert.rejects(variable('{'), { message: `${start}must be an object, found "{"` });
  });
});
