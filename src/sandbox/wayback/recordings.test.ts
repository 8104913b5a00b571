import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';

import { cassetteOf } from './cassette.ts';
import { etagOf } from './copies.ts';
import { startWayback, type Wayback } from './server.ts';

type Cassette = {
  readonly http_interactions: readonly {
    readonly request: { readonly method: string; readonly uri: string };
    readonly response: {
      readonly status: { readonly code: number; readonly message: string };
      readonly headers: Readonly<Record<string, readonly string[]>>;
      readonly body: { readonly encoding: string; readonly string: string };
    };
    readonly recorded_at: string;
  }[];
};

/** VCR uses Ruby's own tag, `!binary`. */
const BINARY = { tag: '!binary', resolve: (text: string) => Buffer.from(text, 'base64').toString('latin1') };

function read(file: Buffer): Cassette {
  const cassette: Cassette = parse(file.toString(), { customTags: [BINARY] });
  assert.equal(cassette.http_interactions.length, 1);
  return cassette;
}

const bodyIn = (file: Buffer): Buffer =>
  Buffer.from(read(file).http_interactions[0]?.response.body.string ?? '', 'latin1');

describe('recordings', () => {
  let wayback: Wayback;
  before(async () => {
    wayback = await startWayback({ launches: 60 });
  });
  after(() => wayback.close());

  const get = async (file: string): Promise<Buffer> => {
    const response = await fetch(`${wayback.recordingsUrl}/${file}`);
    assert.equal(response.status, 200, file);
    assert.equal(response.headers.get('memento-datetime'), null);
    return Buffer.from(await response.arrayBuffer());
  };

  test('contain one interaction each, with an ETag that proves its body', async () => {
    const pins = Object.entries(wayback.pins());
    assert.equal(pins.length, 12);
    for (const [resource, pin] of pins) {
      const file = await get(pin.file);
      assert.equal(createHash('sha256').update(file).digest('hex'), pin.sha256);
      const { request, response, recorded_at } = read(file).http_interactions[0] ?? assert.fail();
      assert.deepEqual(request.method, 'get');
      assert.equal(request.uri, `https://api.spacexdata.com/v4/${resource}`);
      assert.deepEqual(response.status, { code: 200, message: 'OK' });
      assert.equal(new Date(recorded_at).getTime(), new Date(pin.recordedAt).getTime());
      assert.deepEqual(response.headers['Content-Type'], ['application/json; charset=utf-8']);
      assert.deepEqual(response.headers['Etag'], [pin.etag]);
      const weak = resource === 'capsules' ? 'W/' : '';
      assert.equal(pin.etag, weak + etagOf(bodyIn(file)), resource);
    }
  });

  test('contain the newest state, or the oldest state if they are years old', async () => {
    const current = async (resource: string): Promise<string> =>
      (await fetch(`${wayback.url}/v4/${resource}`)).text();
    assert.equal(bodyIn(await get('payloads/all.yml')).toString(), await current('payloads'));
    const [early, now] = [bodyIn(await get('cores/all.yml')).toString(), await current('cores')];
    assert.notEqual(early, now);
    assert.ok(JSON.parse(early).length > 0);
  });

  test('do not exist for other resources or paths', async () => {
    for (const file of ['launches/all.yml', 'starlink/all.yml', 'company/all.yml', 'payloads.yml', '']) {
      assert.equal((await fetch(`${wayback.recordingsUrl}/${file}`)).status, 404, file);
    }
  });
});

test('a body is unchanged after being written as plain text or as base64', () => {
  const bodies = [
    `[{"a":"it's  two blanks ${'word '.repeat(60)}","b":" : # ' "}]`,
    `${'x'.repeat(200)} ${'y'.repeat(200)}  ${'z'.repeat(90)} `,
    ' starts with a blank',
    '[{"name":"Grüße – 🚀"}]',
    'line\nbreak\ttab',
    '',
  ].map((text) => Buffer.from(text));
  for (const body of bodies) {
    for (const binary of [false, true]) {
      const file = cassetteOf({
        uri: 'https://api.spacexdata.com/v4/ships',
        body,
        etag: null,
        recordedAt: '2026-03-21T19:56:44Z',
        binary,
      });
      assert.ok(bodyIn(file).equals(body), file.toString());
      const isText = /^[ -~]*$/.test(body.toString('latin1'));
      assert.equal(file.includes('!binary |-'), binary || !isText);
    }
  }
});
