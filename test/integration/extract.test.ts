import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it, type TestContext } from 'node:test';

import { openRunStore } from '../../src/adapters/files/run-store.ts';
import { PipelineError } from '../../src/core/errors.ts';
import type { RunFolder, Upstream } from '../../src/core/ports.ts';
import type { Resource } from '../../src/core/resource.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createRecordSplitter } from '../../src/lib/json-records.ts';
import { resources } from '../../src/sources/index.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { extract, type Extracted } from '../../src/steps/extract.ts';
import { JSON_TYPE, openTestUpstream, serve } from '../support/http-upstream.ts';

/** A source, the first resource that it has, and the folders of a run and of the one before it. */
async function open(
  t: TestContext,
): Promise<{ upstream: Upstream; resource: Resource; earlier: RunFolder; folder: RunFolder }> {
  const sandbox = await startSandbox({ launches: 20 });
  t.after(sandbox.close);
  const { upstream } = openTestUpstream(sandbox.url);
  t.after(() => upstream.close());
  const dataDir = mkdtempSync(path.join(tmpdir(), 'test-extract-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const store = openRunStore(dataDir, true);
  const [resource] = resources;
  assert.ok(resource !== undefined);
  return { upstream, resource, earlier: await store.create('earlier'), folder: await store.create('run') };
}

const REST = {
  runId: 'run',
  simulated: true,
  ready: null,
  published: null,
  kept: null,
  clock: systemClock,
  isDerived: async () => false,
} as const;

void it('fails, and leaves nobody waiting, where raw cannot be written before its first byte', async (t) => {
  const { folder, resource, upstream } = await open(t);
  mkdirSync(path.join(folder.path, 'raw'), { recursive: true });
  writeFileSync(path.join(folder.path, 'raw', resource.name), 'in the way');

  let derived: unknown = null;
  const extracting = extract(resource, {
    ...REST,
    upstream,
    folder,
    signal: AbortSignal.timeout(20_000),
    async derive(chunks) {
      try {
        for await (const _ of chunks) assert.fail('nothing was written, so nothing may be read');
      } catch (error) {
        derived = error;
        throw error;
      }
    },
    onStored: () => assert.fail('nothing was stored'),
  });
  await assert.rejects(extracting, { code: 'internal', message: /^Cannot write .*: EEXIST/ });
  assert.match(String(derived), /EEXIST/);
});

void it('fetches all of it where the kept file has changed when the source says that nothing has', async (t) => {
  const { earlier, folder, resource, upstream } = await open(t);
  const signal = AbortSignal.timeout(20_000);
  const bodies: string[] = [];
  const stored: Extracted[] = [];
  const context = {
    ...REST,
    upstream,
    signal,
    async derive(chunks: AsyncIterable<Uint8Array>) {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      bodies.push(Buffer.concat(parts).toString());
    },
    onStored: (extracted: Extracted) => stored.push(extracted),
  };
  await extract(resource, { ...context, folder: earlier });
  const [first] = stored;
  assert.ok(first !== undefined);
  const file = path.join(earlier.path, first.raw.path);
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.replace('"id":"', '"id":"_'));
  const kept = { run_id: 'earlier', raw: first.raw };
  await extract(resource, { ...context, folder, published: kept, kept });
  assert.deepEqual(bodies, [whole, whole]);
  assert.partialDeepStrictEqual(stored[1], {
    notModified: false,
    raw: { sha256: first.raw.sha256, received_by: 'run' },
  });
  assert.equal(readFileSync(path.join(folder.path, first.raw.path), 'utf8'), whole);
});

const WHOLE = '[{"id":"1"},{"id":"2"}]';
const HTML = { 'content-type': 'text/html; charset=utf-8' };

type Answer = { readonly body: string; readonly type?: Readonly<Record<string, string>> };

/** What the next try may bring better, and the reason of the first. */
const AGAIN: Readonly<Record<string, Answer & { readonly reason: RegExp }>> = {
  'nothing at all': { body: '', reason: /found the end at byte 0/ },
  'nothing but space': { body: ' \r\n', reason: /found the end at byte 3/ },
  'half a byte order mark': { body: '\xef\xbb', reason: /found the end at byte/ },
  'half a record': { body: '[{"id":"1"},{"i', reason: /truncated after 1 whole record;/ },
  'no last bracket': { body: '[{"id":"1"},{"id":"2"}', reason: /truncated after 2 whole records;/ },
  'nothing, of no type': { body: '', type: {}, reason: /no content type where JSON is due, starting ""/ },
  'a page of HTML': { body: '<h1>Bad gateway</h1>', type: HTML, reason: /text\/html.*"<h1>Bad gateway/ },
};

/** What any try will bring. */
const FINAL: Readonly<Record<string, Answer & { readonly reason: RegExp }>> = {
  null: { body: 'null', reason: /found 'null' at byte 0/ },
  'an object where an array is expected': { body: '{"error":"no"}', reason: /expected an array's '\['/ },
  'a fault in the middle': { body: '[{"id":"1"} {"id":"2"}]', reason: /expected ',' or '\]'/ },
  'more than an array': { body: `${WHOLE}]`, reason: /expected nothing more/ },
  'another type': {
    body: WHOLE,
    type: { 'content-type': 'text/plain' },
    reason: /text\/plain where JSON is due/,
  },
};

/** Extracts from a server that gives these answers, one after the other. */
async function extractFrom(t: TestContext, answers: readonly Answer[]) {
  const { folder, resource } = await open(t);
  const web = await serve(t, (_, response, number) => {
    const { body, type = JSON_TYPE } = answers[number - 1] ?? assert.fail('asked too often');
    response.writeHead(200, type).end(body, 'latin1');
  });
  const { upstream } = openTestUpstream(web.url, { maxAttempts: 2 });
  t.after(upstream.close);
  const stored: Extracted[] = [];
  let ids: unknown[] = [];
  const extracting = extract(resource, {
    ...REST,
    upstream,
    folder,
    simulated: false,
    signal: AbortSignal.timeout(20_000),
    async derive(chunks, onComplete) {
      ids = [];
      const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes: 1000 });
      for await (const chunk of chunks)
        ids.push(...splitter.push(chunk).map(({ bytes }) => bytes.toString()));
      splitter.end();
      onComplete();
    },
    onStored: (extracted) => stored.push(extracted),
  });
  const error = await extracting.then(
    () => null,
    (reason: unknown) => reason,
  );
  const raw = path.join(folder.path, 'raw', resource.name);
  const meta = JSON.parse(readFileSync(path.join(raw, '0001.meta.json'), 'utf8'));
  return { error, ids, meta, stored, body: readFileSync(path.join(raw, '0001.json'), 'latin1'), web };
}

for (const [what, answer] of Object.entries(AGAIN)) {
  void it(`asks again after ${what}, and keeps what came then`, async (t) => {
    const { body, error, ids, meta, stored, web } = await extractFrom(t, [answer, { body: WHOLE }]);
    assert.deepEqual([error, body, web.requests.length], [null, WHOLE, 2]);
    assert.deepEqual(ids, ['{"id":"1"}', '{"id":"2"}']);
    assert.equal(stored.length, 1);
    assert.match(meta.attempts[0].error, answer.reason);
    assert.deepEqual([meta.attempts[0].status, meta.attempts[1].error, meta.error], [200, null, undefined]);
  });

  void it(`fails after ${what}, again and again, and keeps the last of it with the reason`, async (t) => {
    const { body, error, meta, stored } = await extractFrom(t, [{ body: '[' }, answer]);
    assert.ok(error instanceof PipelineError);
    assert.equal(error.code, 'source');
    assert.match(error.hint ?? '', /kept in raw/);
    assert.match(String(error), answer.reason);
    assert.match(String(error), / \(2 tries\)$/);
    assert.equal(body, answer.body);
    assert.deepEqual([meta.error, meta.bytes], [error.message, body.length]);
    assert.deepEqual(
      stored.map(({ raw }) => raw.sha256),
      [meta.sha256],
    );
  });
}

for (const [what, answer] of Object.entries(FINAL)) {
  void it(`asks once for ${what}, and keeps it`, async (t) => {
    const { body, error, web } = await extractFrom(t, [answer]);
    assert.match(String(error), answer.reason);
    assert.deepEqual([body, web.requests.length], [answer.body, 1]);
  });
}

void it('keeps the last body that ended where later tries brought none', async (t) => {
  const { folder, resource } = await open(t);
  const web = await serve(t, (_, response, number) => {
    if (number === 1) response.writeHead(200, JSON_TYPE).end('[{}');
    else response.destroy();
  });
  const { upstream } = openTestUpstream(web.url, { maxAttempts: 2 });
  t.after(upstream.close);
  const extracting = extract(resource, {
    ...REST,
    upstream,
    folder,
    simulated: false,
    signal: AbortSignal.timeout(20_000),
    async derive(chunks) {
      const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes: 1000 });
      for await (const chunk of chunks) splitter.push(chunk);
      splitter.end();
    },
    onStored: () => undefined,
  });
  await assert.rejects(extracting, { message: /the connection was closed.*\(2 tries\)$/ });
  const raw = path.join(folder.path, 'raw', resource.name);
  assert.equal(readFileSync(path.join(raw, '0001.json'), 'utf8'), '[{}');
  const meta = JSON.parse(readFileSync(path.join(raw, '0001.meta.json'), 'utf8'));
  assert.match(meta.error, /the connection was closed/);
  assert.deepEqual([meta.bytes, meta.attempts.length], [3, 2]);
});
