import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { COMMAND_EVENTS, EVENTS } from '../../scripts/log-vocabulary.ts';
import { createGate, LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import type { CliResult } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { startShortOfQuota } from '../support/launch-library/short-of-quota.ts';
import { listen } from '../support/web.ts';
import { createWorkspace, QUICK_SOURCE, type Workspace } from '../support/workspace.ts';

type Line = Readonly<Record<string, unknown>> & { readonly event?: string };

const JSON_LINES = ['--log-format', 'json'];
const ALL: Readonly<Record<string, { readonly fields: object }>> = { ...EVENTS, ...COMMAND_EVENTS };
const COMMON = ['level', 'time', 'msg', 'event', 'run_id', 'source', 'job', 'resource'];
const seen = new Set<string>();

/** Parses every line as JSON, and checks that it contains only fields that docs/logging.md lists for its event. */
function linesOf({ stderr }: CliResult): readonly Line[] {
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((line): Line => JSON.parse(line));
  for (const line of lines) {
    const { event } = line;
    if (event === undefined) continue;
    const entry = ALL[event];
    assert.ok(entry, `${event} is not listed`);
    const own = Object.keys(line).filter((name) => !COMMON.includes(name));
    assert.deepEqual(
      own.filter((name) => !Object.hasOwn(entry.fields, name)),
      [],
      `unlisted fields of ${event}`,
    );
    seen.add(event);
  }
  return lines;
}

function assertLast(result: CliResult, code: number, expected: Line): void {
  const last = linesOf(result).at(-1);
  assert.equal(result.code, code, result.stderr);
  assert.partialDeepStrictEqual(last, { level: 'error', event: 'command.failed', ...expected });
  assert.match(JSON.stringify([last?.['msg'], last?.['hint']]), /^\["Cannot .*",".+"\]$/);
  assert.doesNotMatch(result.stderr, /^(?:error|hint): /m);
}

let api: Api;
let replies: Awaited<ReturnType<typeof sandboxReplies>>;
let workspace: Workspace;
before(async () => {
  replies = await sandboxReplies({ launches: 30 });
  api = await startApi(replies);
  workspace = createWorkspace({ source: { ...QUICK_SOURCE, baseUrl: api.url } });
});
after(async () => {
  await api.close();
  workspace.remove();
});

void describe('--log-format json', { concurrency: 1 }, () => {
  void it('logs the events of a run, including its end with status and duration', async () => {
    const result = await workspace.run(['run', '--json', ...JSON_LINES, '--log-level', 'debug']);
    const lines = linesOf(result);
    const { run_id, source } = JSON.parse(result.stdout);
    const ended = lines.find(({ event }) => event === 'run.ended');
    assert.partialDeepStrictEqual(ended, { level: 'info', run_id, source, status: 'succeeded' });
    assert.equal(typeof ended?.['seconds'], 'number');
    // These events occur before the run exists.
    const early = new Set([undefined, 'folder.made']);
    for (const line of lines.filter(({ event }) => !early.has(event)))
      assert.deepEqual([line['run_id'], line['source']], [run_id, source]);
    const loaded = lines
      .filter(({ event }) => event === 'resource.ended')
      .map(({ resource }) => String(resource));
    assert.deepEqual(loaded.toSorted(), ['launches', 'rockets']);
  });

  void it('logs more than the text format, which has no line for the end of a run', async () => {
    const { stderr } = await workspace.run(['run']);
    assert.match(stderr, /^\d\d:\d\d:\d\d info {2}run /);
    assert.doesNotMatch(stderr, /succeeded after/);
    assert.match(
      (await workspace.run(['run', '--log-level', 'debug'])).stderr,
      /debug run \S+ succeeded after/,
    );
    const wrong = await workspace.run(['run', '--resources', 'cakes']);
    assert.match(wrong.stderr, /^error: Cannot find resource "cakes".*\nhint: \S+ resources\n$/);
  });

  void it('applies to every line of a failed run', async () => {
    api.set(LAUNCHES, { status: 500, body: 'no' });
    const told = ['--on-failure', 'echo told; exit 1'];
    const failed = await workspace.run(['run', '--full', ...JSON_LINES, ...told]);
    api.set(LAUNCHES, replies[LAUNCHES]);
    assertLast(failed, 3, { code: 'source' });
    const ended = linesOf(failed).filter(({ event }) => event === 'run.ended');
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['partial'],
    );
  });

  void it('applies to every line even if neither a run nor a command began', async () => {
    assertLast(await workspace.run(['run', '--resources', 'cakes', ...JSON_LINES]), 2, { code: 'usage' });
    assertLast(await workspace.run(['run', '--no-such-flag', ...JSON_LINES]), 2, { code: 'usage' });
    assertLast(await workspace.run(['rnu', '--log-format=json']), 2, { code: 'usage' });
    assertLast(await workspace.run(['query', 'SELECT 1 / 0', ...JSON_LINES]), 5, { code: 'database' });
    assertLast(await workspace.run(['explain', 'launches', 'x', ...JSON_LINES, '--log-level', 'debug']), 2, {
      code: 'usage',
    });
  });

  void it('is read from the environment, .env and the configuration file, even if the configuration is invalid', async (t) => {
    const env = { SPACEX_PIPELINE_LOG_FORMAT: 'json' };
    assertLast(await workspace.run(['run', '--no-such-flag'], env), 2, { code: 'usage' });
    const own = createWorkspace({ log: { format: 'json' } });
    t.after(own.remove);
    assertLast(await own.run(['rnu']), 2, { code: 'usage' });
    assertLast(await own.run(['checks', '--rows', 'nix']), 2, { code: 'usage' });
    own.configure({ log: { format: 'json' }, speed: 7 });
    assertLast(await own.run(['config']), 2, { code: 'usage' });
    own.configure({});
    writeFileSync(path.join(own.folder, '.env'), 'SPACEX_PIPELINE_LOG_FORMAT=json\n');
    assertLast(await own.run(['rnu']), 2, { code: 'usage' });
    const text = await own.run(['rnu', '--log-format', 'text']);
    assert.match(text.stderr, /^error: .*\nhint: .*\n$/);
  });

  void it('logs Node’s warnings as JSON lines, while the text format does not change them', async () => {
    const warn = path.join(workspace.folder, 'warn.mjs');
    // Emits the warning when the program starts to listen for signals, long before it reads its configuration.
    const early = `if (name === 'SIGINT') process.emitWarning('of a test', 'OddWarning')`;
    writeFileSync(warn, `process.on('newListener', (name) => { ${early} })`);
    const env = { NODE_OPTIONS: `--import=file://${warn}` };
    const json = linesOf(await workspace.run(['runs', ...JSON_LINES], env));
    assert.partialDeepStrictEqual(json, [
      { level: 'warn', event: 'node.warning', name: 'OddWarning', msg: 'of a test' },
    ]);
    const { stderr } = await workspace.run(['runs'], env);
    assert.match(stderr, /^\(node:\d+\) OddWarning: of a test\n/);
  });

  void it('logs a run that waits, a run that is skipped, and a run that is interrupted', async () => {
    const gate = createGate(5000);
    api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
    const holder = workspace.start(['run', '--full', ...JSON_LINES]);
    await Promise.race([gate.reached, holder.finished]);
    api.set(LAUNCHES, replies[LAUNCHES]);
    const wait = ['--if-busy', 'wait', '--wait-timeout', '4'];
    const [skipped, late] = await Promise.all([
      workspace.run(['run', '--if-busy', 'skip', ...JSON_LINES]),
      workspace.run(['run', ...wait, ...JSON_LINES]),
    ]);
    holder.kill('SIGINT');
    assert.deepEqual(
      linesOf(skipped).map(({ event }) => event),
      ['run.skipped'],
    );
    assert.deepEqual(
      linesOf(late).map(({ event }) => event),
      ['run.waiting', 'command.failed'],
    );
    assertLast(await holder.finished, 130, { code: 'interrupted' });
    gate.open();
  });

  void it('logs the events of a job', async () => {
    const [job] = await workspace.json<{ readonly name: string }[]>(['jobs']);
    const { stderr, code } = await workspace.run(['jobs', 'run', job?.name ?? '', ...JSON_LINES]);
    assert.equal(code, 0, stderr);
    const lines = linesOf({ stderr, code, stdout: '', signal: null });
    for (const event of ['job.started', 'run.started', 'run.ended', 'job.ended'])
      assert.equal(lines.find((line) => line['event'] === event)?.['job'], job?.name, event);
  });

  void it('logs how many requests an incremental pull needs, how many are left, and when it can continue', async (t) => {
    const library = await startShortOfQuota();
    t.after(library.close);
    const living = { ...QUICK_SOURCE, baseUrl: library.baseUrl, pageSize: 2, provider: 'all' };
    const place = await withEmbedded(createWorkspace({ others: { 'launch-library': living } }));
    t.after(place.remove);
    const result = await place.run(['run', '--source', 'launch-library', ...JSON_LINES]);
    const lines = linesOf(result);
    const quota = { quota_limit: 1, quota_seconds: 3600 };
    assert.partialDeepStrictEqual(
      lines.filter(({ event }) => event?.startsWith('pull.')),
      [
        {
          event: 'pull.started',
          pass: 'full',
          reason: 'nothing has been published yet',
          quota_left: 1,
          ...quota,
        },
        { event: 'pull.sized', requests: 1, quota_left: 0, ...quota },
      ],
    );
    const ended = lines.find(({ event }) => event === 'resource.ended');
    assertLast(result, 3, { code: 'source', retry_at: ended?.['retry_at'] });
    assert.match(String(ended?.['retry_at']), /^\d{4}-.*Z$/);
  });

  void it('is tested with every event that these tests can trigger', () => {
    const unseen = Object.keys(ALL).filter((event) => !seen.has(event));
    // Requests, the quota and progress are never logged. The serve tests cover a job that waits because another
    // process has locked its schema.
    assert.deepEqual(unseen, [
      'request.started',
      'body.received',
      'request.ended',
      'quota.read',
      'records',
      'publish.merging',
      'checks.started',
      'job.waiting',
    ]);
  });
});

/** Each secret is used in a different place, so that a leak reveals its origin. */
const SECRETS = {
  api: 'api-p4ss-Kx01',
  proxy: 'proxy-p4ss-Kx02',
  database: 'base-p4ss-Kx03',
  token: 'token-of-serve-Kx04',
  job: 'job-p4ss-Kx05',
  query: 'query-of-url-Kx06',
} as const;

void it('no line contains a secret, no matter what goes wrong', async (t) => {
  const socket = createServer();
  const closed = await listen(socket);
  socket.close();
  const place = createWorkspace({
    resources: ['rockets'],
    source: { ...QUICK_SOURCE, maxAttempts: 2, baseUrl: `http://me:${SECRETS.api}@api.test` },
    jobs: { nightly: { from: `http://me:${SECRETS.job}@job.test`, schedule: '0 4 * * *' } },
    log: { level: 'debug', format: 'json' },
  });
  t.after(place.remove);
  const env = {
    HTTP_PROXY: `http://me:${SECRETS.proxy}@127.0.0.1:${closed}`,
    SPACEX_PIPELINE_TOKEN: SECRETS.token,
  };
  const server = `postgresql://me:${SECRETS.database}@127.0.0.1:${closed}/d`;
  const tried: CliResult[] = [];
  for (const [args, own = {}] of [
    [['run']],
    [['run', '--from', `http://me:${SECRETS.api}@api.test/mirror`]],
    [['run', '--from', `http://api.test/?key=${SECRETS.query}`]],
    [['run', '--database-url', server]],
    [['serve', '--database-url', server]],
    [['serve', '--host', '192.0.2.1', '--port', '1']],
    [['jobs', 'run', 'nightly']],
    [['jobs', 'history', 'nightly'], { DATABASE_URL: server }],
    [['config', '--database-ulr', server]],
    [['run', '--if-busy', server]],
    [['config'], { SPACEX_PIPELINE_TOKEN: SECRETS.token.slice(0, 12) }],
    [['config'], { SPACEX_PIPELINE_JOBS: `{"a":{"from":7,"b":"${SECRETS.job}"}}` }],
    [['config'], { HTTP_PROXY: `socks5://me:${SECRETS.proxy}@h:1` }],
  ] as const) {
    const result = await place.run(args, { ...env, ...own });
    assert.notEqual(result.code, 0, args.join(' '));
    linesOf(result);
    tried.push(result);
  }
  const told = tried.flatMap(({ stderr, stdout }) => [stderr, stdout]).join('\n');
  for (const [where, secret] of Object.entries(SECRETS))
    for (const form of [secret, secret.slice(0, 12), Buffer.from(`me:${secret}`).toString('base64')])
      assert.ok(!told.includes(form), `${where}: ${told.split('\n').find((line) => line.includes(form))}`);
  // The test would prove nothing if the parts that contain secrets were never printed.
  for (const pattern of [/\*\*\*@api\.test/, /\*\*\*@job\.test/, /\*\*\*@127\.0\.0\.1/])
    assert.match(told, pattern);
});
