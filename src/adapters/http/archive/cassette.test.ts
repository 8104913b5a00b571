import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { readCassette } from './cassette.ts';

const BODY = '[{"name":"Falcon \'1\'"}]';

void describe('readCassette', () => {
  for (const [form, string] of [
    ['in single quotes', `'${BODY.replaceAll("'", "''")}'`],
    ['in single quotes, on two lines', `'${BODY.replaceAll("'", "''").replace(' ', '\n        ')}'`],
    ['in base64', `!binary |-\n        ${Buffer.from(BODY).toString('base64')}`],
    ['in base64, on one line', `!binary ${Buffer.from(BODY).toString('base64')}`],
    ['as a literal block', `|-\n        ${BODY}`],
  ] as const) {
    void it(`reads a body ${form}`, async () => {
      const cassette = await readCassette(Buffer.from(cassetteWith(string)));
      assert.equal(Buffer.from(cassette.body).toString(), BODY);
      assert.equal(cassette.url, 'https://api.example.com/v4/rockets/');
      assert.equal(cassette.status, 200);
      assert.equal(cassette.recordedAt, '2026-03-21T19:46:50.000Z');
      assert.deepEqual(cassette.headers, {
        'content-type': 'application/json; charset=utf-8',
        etag: 'W/"16-abc"',
        vary: 'Accept-Encoding, Origin',
      });
    });
  }

  for (const [what, text, reason] of [
    ['an empty file', '', /not a cassette with exactly one exchange/],
    ['an HTML page', '<!DOCTYPE html>\n<html>a: b: c</html>', /./],
    ['a file with no exchanges', 'http_interactions: []', /not a cassette with exactly one exchange/],
    ['a file with two exchanges', 'http_interactions: [{}, {}]', /not a cassette with exactly one exchange/],
    ['an empty exchange', 'http_interactions: [{}]', /lacks a URL or a status/],
    ['an exchange without a body', cassetteWith('').replace(/string: $/m, 'other: x'), /no body/],
    ['bytes that are not UTF-8', Buffer.from([0x66, 0xff]), /./],
    ['a YAML bomb', bomb(), /alias/i],
  ] as const) {
    void it(`rejects ${what}`, async () => {
      await assert.rejects(readCassette(Buffer.from(text)), reason);
    });
  }
});

function cassetteWith(string: string): string {
  return `---
http_interactions:
- request:
    method: get
    uri: https://api.example.com/v4/rockets/
    body:
      encoding: US-ASCII
      string: ''
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type:
      - application/json; charset=utf-8
      Etag:
      - W/"16-abc"
      Vary:
      - Accept-Encoding
      - Origin
    body:
      encoding: ASCII-8BIT
      string: ${string}
  recorded_at: Sat, 21 Mar 2026 19:46:50 GMT
recorded_with: VCR 6.4.0
`;
}

/** A YAML document that expands to billions of values. */
function bomb(): string {
  const lines = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 10; level += 1)
    lines.push(`b${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
  return lines.join('\n');
}
