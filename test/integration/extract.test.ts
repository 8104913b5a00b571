import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { it, type TestContext } from 'node:test';

import { openRunStore } from '../../src/adapters/files/run-store.ts';
import type { RunFolder, Upstream } from '../../src/core/ports.ts';
import type { Resource } from '../../src/core/resource.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createRecordSplitter, JsonSyntaxError } from '../../src/lib/json-records.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { extract, type Before, type Derive, type ExtractContext } from '../../src/steps/extract.ts';
import { createKindGuard } from '../../src/steps/kind.ts';
import { JSON_TYPE, openTestUpstream, serve } from '../support/http-upstream.ts';

const { resources } = spacex;

/** An upstream with its first resource, and the folders of a run and of the previous run. */
async function open(
  t: TestContext,
): Promise<{ upstream: Upstream; resource: Resource; earlier: RunFolder; folder: RunFolder }> {
  const sandbox = await startSandbox({ launches: 20 });
  t.after(sandbox.close);
  const { upstream } = openTestUpstream(sandbox.url);
  t.after(() => upstream.close());
  const dataDir = mkdtempSync(path.join(tmpdir(), 'test-extract-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const store = openRunStore(dataDir, 'test');
  const [resource] = resources;
  assert.ok(resource !== undefined);
  return { upstream, resource, earlier: await store.create('earlier'), folder: await store.create('run') };
}

function contextOf(upstream: Upstream, folder: RunFolder): ExtractContext {
  const run = { run_id: path.basename(folder.path) };
  const kind = createKindGuard([], false);
  const signal = AbortSignal.timeout(20_000);
  return { upstream, folder, run, kind, clock: systemClock, signal, emit: () => undefined };
}

const NOTHING: Before = { ready: null, published: null, kept: null };

/** Splits pages into records, and keeps the records of the last attempt. */
function createDeriver() {
  const ids: string[] = [];
  const seen: unknown[] = [];
  async function read(pages: readonly AsyncIterable<Uint8Array>[]): Promise<void> {
    ids.length = 0;
    for (const page of pages) {
      const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes: 1 << 20 });
      for await (const chunk of page) ids.push(...splitter.push(chunk).map(({ bytes }) => bytes.toString()));
      splitter.end();
    }
  }
  const derive: Derive = (pages) => {
    const staged = read(pages);
    const text = staged.then(
      () => null,
      (error: unknown) => {
        seen.push(error);
        if (error instanceof JsonSyntaxError) return { page: 1, error };
        throw error;
      },
    );
    text.catch(() => undefined);
    return { text, staged };
  };
  return { derive, ids, seen };
}

void it('extract fails, and leaves no reader waiting, if the raw file cannot be created', async (t) => {
  const { folder, resource, upstream } = await open(t);
  mkdirSync(path.join(folder.path, 'raw'), { recursive: true });
  writeFileSync(path.join(folder.path, 'raw', resource.name), 'in the way');
  const { derive, ids, seen } = createDeriver();
  const extracting = extract(resource, NOTHING, derive, contextOf(upstream, folder));
  await assert.rejects(extracting, { code: 'internal', message: /^Cannot write .*: EEXIST/ });
  assert.match(String(seen), /EEXIST/);
  assert.deepEqual(ids, [], 'nothing was written, so nothing is read');
});

void it('extract fetches everything if the stored file has changed, even if the API reports no change', async (t) => {
  const { earlier, folder, resource, upstream } = await open(t);
  const { derive, ids } = createDeriver();
  const first = await extract(resource, NOTHING, derive, contextOf(upstream, earlier));
  const records = [...ids];
  const [page = assert.fail()] = first.pages;
  const file = path.join(earlier.path, page.file.path);
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.replace('"id":"', '"id":"_'));
  const kept = { run_id: 'earlier', file: page.file };
  const before = { ready: null, published: kept, kept };
  const { how, pages } = await extract(resource, before, derive, contextOf(upstream, folder));
  assert.equal(how, 'received');
  assert.partialDeepStrictEqual(pages[0]?.file, { sha256: page.file.sha256, received_by: 'run' });
  assert.deepEqual(ids, records);
  assert.equal(readFileSync(path.join(folder.path, page.file.path), 'utf8'), whole);
});

void it('extract uses the stored page if the API returns 304', async (t) => {
  const { earlier, folder, resource, upstream } = await open(t);
  const { derive } = createDeriver();
  const first = await extract(resource, NOTHING, derive, contextOf(upstream, earlier));
  const kept = { run_id: 'earlier', file: first.pages[0]?.file ?? assert.fail() };
  const before = { ready: null, published: kept, kept };
  const { deriving, how, pages } = await extract(resource, before, derive, contextOf(upstream, folder));
  assert.deepEqual([how, deriving, pages.map(({ file }) => file)], ['not modified', null, [kept.file]]);
});

void it('extract reuses stored pages, and replaces an invalid page only if requests are allowed', async (t) => {
  const { folder, resource, upstream } = await open(t);
  const { derive, ids } = createDeriver();
  await folder.writeRaw(resource.name, 1, Readable.from([Buffer.from('[{"id":"1"}]')]));
  await folder.writeRaw(resource.name, 2, Readable.from([Buffer.from('[{"id":"2"}]')]));
  const own = { url: 'http://a', bytes: 0, sha256: '', etag: null, captured_at: null, proof: null };
  const pages = [1, 2].map((page) => ({
    file: { ...own, path: `raw/${resource.name}/000${page}.json`, received_by: 'earlier' },
    head: Buffer.alloc(0),
  }));
  const ready = { pages, simulated: true, refetch: true };
  const context = contextOf(upstream, folder);
  const extracted = await extract(resource, { ...NOTHING, ready }, derive, context);
  await extracted.deriving?.staged;
  assert.deepEqual([extracted.how, ids], ['reused', ['{"id":"1"}', '{"id":"2"}']]);
  assert.equal(context.kind.simulated(), true);

  writeFileSync(path.join(folder.path, 'raw', resource.name, '0002.json'), '[{"id":');
  const final = await extract(resource, { ...NOTHING, ready: { ...ready, refetch: false } }, derive, context);
  assert.equal(final.how, 'reused');
  assert.ok((await final.deriving?.text)?.error instanceof JsonSyntaxError);
  const again = await extract(resource, { ...NOTHING, ready }, derive, context);
  assert.deepEqual([again.how, again.pages.length], ['received', 1]);
});

void it('extract stores nothing from a response with the wrong kind of records', async (t) => {
  const { folder, resource, upstream } = await open(t);
  const context = contextOf(upstream, folder);
  await context.kind.admit(false, 'here');
  const extracting = extract(resource, NOTHING, createDeriver().derive, context);
  await assert.rejects(extracting, { code: 'kind' });
  assert.deepEqual(readdirSync(path.join(folder.path, 'raw')), []);
});

const WHOLE = '[{"id":"1"},{"id":"2"}]';
const HTML = { 'content-type': 'text/html; charset=utf-8' };

type Answer = { readonly body: string; readonly type?: Readonly<Record<string, string>> };

/** Responses after which a retry may succeed, each with the reason for the failure. */
const AGAIN: Readonly<Record<string, Answer & { readonly reason: RegExp }>> = {
  'an empty body': { body: '', reason: /found the end at byte 0/ },
  'only whitespace': { body: ' \r\n', reason: /found the end at byte 3/ },
  'half a byte order mark': { body: '\xef\xbb', reason: /found the end at byte/ },
  'half a record': { body: '[{"id":"1"},{"i', reason: /truncated after 1 whole record;/ },
  'a missing last bracket': { body: '[{"id":"1"},{"id":"2"}', reason: /truncated after 2 whole records;/ },
  'an empty body without a content type': {
    body: '',
    type: {},
    reason: /no content type instead of JSON, starting with ""/,
  },
  'an HTML page': { body: '<h1>Bad gateway</h1>', type: HTML, reason: /text\/html.*"<h1>Bad gateway/ },
};

/** Responses that would be the same on every attempt. */
const FINAL: Readonly<Record<string, Answer & { readonly reason: RegExp }>> = {
  null: { body: 'null', reason: /found 'null' at byte 0/ },
  'an object instead of an array': { body: '{"error":"no"}', reason: /expected an array's '\['/ },
  'a syntax error in the middle': { body: '[{"id":"1"} {"id":"2"}]', reason: /expected ',' or '\]'/ },
  'text after the array': { body: `${WHOLE}]`, reason: /expected nothing more/ },
  'a different content type': {
    body: WHOLE,
    type: { 'content-type': 'text/plain' },
    reason: /text\/plain instead of JSON/,
  },
};

/** Extracts from a server that sends these responses in turn. */
async function extractFrom(t: TestContext, answers: readonly Answer[]) {
  const { folder, resource } = await open(t);
  const web = await serve(t, (_, response, number) => {
    const { body, type = JSON_TYPE } = answers[number - 1] ?? assert.fail('too many requests');
    response.writeHead(200, type).end(body, 'latin1');
  });
  const { upstream } = openTestUpstream(web.url, { maxAttempts: 2 });
  t.after(upstream.close);
  const { derive, ids } = createDeriver();
  const extracted = await extract(resource, NOTHING, derive, contextOf(upstream, folder));
  const raw = path.join(folder.path, 'raw', resource.name);
  const meta = JSON.parse(readFileSync(path.join(raw, '0001.meta.json'), 'utf8'));
  return { extracted, ids, meta, body: readFileSync(path.join(raw, '0001.json'), 'latin1'), web };
}

for (const [what, answer] of Object.entries(AGAIN)) {
  void it(`extract retries after ${what}, and keeps the next body`, async (t) => {
    const { body, extracted, ids, meta, web } = await extractFrom(t, [answer, { body: WHOLE }]);
    assert.deepEqual([extracted.failure, body, web.requests.length], [null, WHOLE, 2]);
    assert.deepEqual(ids, ['{"id":"1"}', '{"id":"2"}']);
    assert.match(meta.attempts[0].error, answer.reason);
    assert.deepEqual([meta.attempts[0].status, meta.attempts[1].error, meta.error], [200, null, undefined]);
  });

  void it(`extract fails if the last attempt returns ${what}, and keeps that body with the reason`, async (t) => {
    const { body, extracted, meta } = await extractFrom(t, [{ body: '[' }, answer]);
    const { failure: error, pages } = extracted;
    assert.equal(error?.code, 'source');
    assert.match(error.hint ?? '', /kept in raw/);
    assert.match(String(error), answer.reason);
    assert.match(String(error), / \(2 attempts\)$/);
    assert.equal(body, answer.body);
    assert.deepEqual([meta.error, meta.bytes], [error.message, body.length]);
    assert.deepEqual(
      pages.map(({ file }) => file.sha256),
      [meta.sha256],
    );
  });
}

for (const [what, answer] of Object.entries(FINAL)) {
  void it(`extract does not retry after ${what}, and keeps the body`, async (t) => {
    const { body, extracted, meta, web } = await extractFrom(t, [answer]);
    assert.match(String(extracted.failure), answer.reason);
    assert.deepEqual([body, web.requests.length], [answer.body, 1]);
    assert.equal(meta.error, extracted.failure?.message);
  });
}

void it('extract keeps the last complete body if later attempts received none', async (t) => {
  const { folder, resource } = await open(t);
  const web = await serve(t, (_, response, number) => {
    if (number === 1) response.writeHead(200, JSON_TYPE).end('[{}');
    else response.destroy();
  });
  const { upstream } = openTestUpstream(web.url, { maxAttempts: 2 });
  t.after(upstream.close);
  const { failure } = await extract(resource, NOTHING, createDeriver().derive, contextOf(upstream, folder));
  assert.match(failure?.message ?? '', /the connection was closed.*\(2 attempts\)$/);
  const raw = path.join(folder.path, 'raw', resource.name);
  assert.equal(readFileSync(path.join(raw, '0001.json'), 'utf8'), '[{}');
  const meta = JSON.parse(readFileSync(path.join(raw, '0001.meta.json'), 'utf8'));
  assert.match(meta.error, /the connection was closed/);
  assert.deepEqual([meta.bytes, meta.attempts.length], [3, 2]);
});

void it('extract records the attempts if no body was complete', async (t) => {
  const { folder, resource } = await open(t);
  const web = await serve(t, (_, response) => response.writeHead(503).end());
  const { upstream } = openTestUpstream(web.url, { maxAttempts: 2 });
  t.after(upstream.close);
  const extracting = extract(resource, NOTHING, createDeriver().derive, contextOf(upstream, folder));
  await assert.rejects(extracting, { code: 'source', message: /it responded with 503 \(2 attempts\)$/ });
  const meta = path.join(folder.path, 'raw', resource.name, '0001.meta.json');
  const { attempts, ...rest } = JSON.parse(readFileSync(meta, 'utf8'));
  assert.partialDeepStrictEqual(rest, { path: resource.path, status: 503 });
  assert.equal(attempts.length, 2);
});
