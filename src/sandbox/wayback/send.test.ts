import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { etagOf } from './copies.ts';
import { startWayback } from './server.ts';

const ROCKETS = '/web/20251128034223id_/https://api.spacexdata.com/v4/rockets';
const RECORDING = '/recordings/rockets/all.yml';

type Received = {
  readonly message: IncomingMessage;
  /** The bytes as sent. */
  readonly bytes: Buffer;
  /** Each header line separately. */
  readonly encodings: readonly string[];
  readonly etag: string | undefined;
  readonly isWhole: boolean;
};

/** Sends a request and does not decode the response. */
async function ask(
  faults: string,
  path = ROCKETS,
  headers: Readonly<Record<string, string>> = {},
): Promise<Received> {
  const wayback = await startWayback({ launches: 20, waybackFaults: faults });
  try {
    const request = get(wayback.url + path, { headers, agent: false });
    const [message] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    let isWhole = true;
    try {
      for await (const chunk of message) chunks.push(chunk as Buffer);
    } catch {
      isWhole = false;
    }
    const encodings = message.rawHeaders.flatMap((name, index) =>
      index % 2 === 0 && name.toLowerCase() === 'content-encoding'
        ? [message.rawHeaders[index + 1] ?? '']
        : [],
    );
    const etag = message.headers['x-archive-orig-etag'];
    return { message, bytes: Buffer.concat(chunks), encodings, etag: etag?.toString(), isWhole };
  } finally {
    await wayback.close();
  }
}

const plain = await ask('');
const BODY = plain.bytes;

test('a body is compressed if the client accepts gzip', async () => {
  assert.deepEqual(plain.encodings, []);
  assert.equal(JSON.parse(BODY.toString()).length, 4);
  const packed = await ask('', ROCKETS, { 'accept-encoding': 'gzip' });
  assert.deepEqual(packed.encodings, ['gzip']);
  assert.ok(gunzipSync(packed.bytes).equals(BODY));
});

for (const [fault, encodings, decode] of [
  ['gzip', ['gzip'], gunzipSync],
  ['br', ['br'], brotliDecompressSync],
  ['false-encoding', ['gzip'], (bytes: Buffer) => bytes],
  ['double-encoding', ['', 'gzip'], gunzipSync],
  ['empty-encoding', [''], (bytes: Buffer) => bytes],
  ['bare-gzip', [], gunzipSync],
] as const) {
  test(`${fault} applies even if the client did not request the encoding`, async () => {
    for (const path of [ROCKETS, RECORDING]) {
      const { bytes, encodings: sent } = await ask(fault, path, { 'accept-encoding': 'identity' });
      assert.deepEqual(sent, encodings);
      assert.ok(decode(bytes).equals(path === ROCKETS ? BODY : (await ask('', RECORDING)).bytes));
    }
  });
}

test("the API's ETag proves the body, unless a fault changes it", async () => {
  assert.equal(plain.etag, etagOf(BODY));
  const [right, wrong, weak, foreign, none] = await Promise.all(
    ['altered', 'wrong-etag', 'weak-etag', 'foreign-etag', 'no-etag'].map((fault) => ask(fault)),
  );
  assert.ok(right !== undefined && !right.bytes.equals(BODY));
  assert.equal(right.etag, etagOf(right.bytes));
  assert.deepEqual(JSON.parse(right.bytes.toString()), JSON.parse(BODY.toString()));
  assert.ok(wrong !== undefined && wrong.bytes.equals(BODY));
  assert.notEqual(wrong.etag, etagOf(BODY));
  assert.match(
    wrong.etag ?? '',
    new RegExp(`^"${BODY.length.toString(16)}-[\\w/+]{27}"$`),
    'the length is correct',
  );
  assert.equal(weak?.etag, `W/${etagOf(BODY)}`);
  assert.match(foreign?.etag ?? '', /^"5f7c1a2b-[\da-f]+"$/);
  assert.equal(none?.etag, undefined);
});

test('the ETag header in a recording proves the body, unless a fault changes it', async () => {
  const etagIn = (received: Received): string | undefined =>
    /Etag:\n {6}- '(.*)'\n/.exec(received.bytes.toString())?.[1];
  const right = etagIn(await ask('', RECORDING));
  assert.match(right ?? '', /^"[\da-f]+-[\w/+]{27}"$/);
  assert.equal(etagIn(await ask('weak-etag', RECORDING)), `W/${right}`);
  assert.equal(etagIn(await ask('no-etag', RECORDING)), undefined);
  for (const fault of ['wrong-etag', 'altered', 'foreign-etag']) {
    assert.notEqual(etagIn(await ask(fault, RECORDING)), right, fault);
  }
  assert.match((await ask('binary', RECORDING)).bytes.toString(), /string: !binary \|-\n {8}[\w+/]+=*\n/);
});

test('truncate ends the body early, but cleanly, and no-body sends an empty body', async () => {
  for (const [fault, path, whole] of [
    ['truncate', ROCKETS, BODY],
    ['truncate', RECORDING, (await ask('', RECORDING)).bytes],
  ] as const) {
    const half = await ask(fault, path);
    assert.ok(half.isWhole);
    assert.ok(half.bytes.equals(whole.subarray(0, Math.floor(whole.length / 2))));
    if (path === ROCKETS) assert.equal(half.etag, etagOf(BODY), 'the ETag of the complete body');
    assert.ok((await ask('truncate=10', path)).bytes.equals(whole.subarray(0, 10)));
    const none = await ask('no-body', path);
    assert.deepEqual([none.isWhole, none.bytes.length, none.message.statusCode], [true, 0, 200]);
  }
});

test('reset-body breaks the connection after its number of bytes', async () => {
  const broken = await ask('reset-body=100');
  assert.ok(!broken.isWhole);
  assert.ok(broken.bytes.equals(BODY.subarray(0, 100)));
});

test('slow sends the whole body', async () => {
  const started = performance.now();
  const { bytes, isWhole } = await ask('slow=100');
  assert.ok(isWhole && bytes.equals(BODY));
  assert.ok(performance.now() - started >= 90);
});

test('stall sends only headers until the server is closed', async () => {
  const wayback = await startWayback({ launches: 20, waybackFaults: 'stall' });
  const response = await fetch(wayback.url + ROCKETS);
  assert.equal(response.status, 200);
  const body = assert.rejects(response.text(), TypeError);
  await wayback.close();
  await body;
});

test('sends a large body in full, in chunks', async () => {
  const rockets = Buffer.from(`[${'1,'.repeat(1_000_000)}1]`);
  const wayback = await startWayback({ bodies: { rockets } });
  const response = await fetch(wayback.url + ROCKETS, { headers: { 'accept-encoding': 'identity' } });
  assert.ok(Buffer.from(await response.arrayBuffer()).equals(rockets));
  await wayback.close();
});
