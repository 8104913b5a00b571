import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';

import { canProve, proven } from './proof.ts';

const BODY = '[{"name":"Falcon Ω"}]';
const ETAG = etagOf(BODY);

void describe('an original ETag', () => {
  for (const etag of [ETAG, `W/${ETAG}`, ` ${ETAG} `]) {
    void it(`proves a body by its length and SHA-1: ${JSON.stringify(etag)}`, async () => {
      assert.ok(canProve(etag));
      assert.equal(await read(BODY, etag), BODY);
    });
  }

  for (const [what, body, reason] of [
    ['shorter', BODY.slice(0, -1), /its body has 21 bytes instead of the 22 that/],
    ['longer', `${BODY} `, /its body has more bytes than the 22 that/],
    ['empty', '', /its body has 0 bytes instead of the 22 that/],
    [
      'different but has the same length',
      BODY.replace('F', 'f'),
      /its body does not match its original ETag/,
    ],
  ] as const) {
    void it(`rejects a body that is ${what}`, async () => {
      await assert.rejects(read(body, ETAG), reason);
    });
  }

  void it('stops the stream at the stated length', async () => {
    const seen: string[] = [];
    await assert.rejects(async () => {
      const chunks = Readable.from([Buffer.from(BODY), Buffer.from('x')]);
      for await (const chunk of proven(chunks, ETAG, Error)) seen.push(Buffer.from(chunk).toString());
    });
    assert.deepEqual(seen, [BODY]);
  });

  for (const etag of [null, undefined, '', '"abc"', 'W/"5f-3"', `${ETAG}-gzip`, '"a-b-c"']) {
    void it(`proves nothing if it has a different format: ${JSON.stringify(etag)}`, () => {
      assert.equal(canProve(etag), false);
    });
  }
});

async function read(body: string, etag: string): Promise<string> {
  return (await buffer(proven(Readable.from([Buffer.from(body)]), etag, Error))).toString();
}

function etagOf(body: string): string {
  const digest = createHash('sha1').update(body).digest('base64').slice(0, 27);
  return `"${Buffer.byteLength(body).toString(16)}-${digest}"`;
}
