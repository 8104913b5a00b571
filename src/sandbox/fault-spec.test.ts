import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PipelineError } from '../core/errors.ts';
import { FAULTS_HELP, parseFaults } from './fault-spec.ts';

test('parses the name, value, path and repeat count of a fault', () => {
  const short = parseFaults('429=5@launchesx2, slow,status=503x3,bad=.05:null').map(
    ({ name, value, amount, badKind, path, times }) => [name, value, amount, badKind, path, times],
  );
  assert.deepEqual(short, [
    ['429', '5', 5, null, 'launches', 2],
    ['slow', '', 100, null, '', Infinity],
    ['status', '503', 503, null, '', 3],
    ['bad', '.05:null', 0.05, 'null', '', Infinity],
  ]);
  assert.deepEqual(parseFaults(' '), []);
});

test('the comma of an HTTP date does not separate faults', () => {
  const [late, next] = parseFaults('429=Wed, 21 Oct 2015 07:28:00 GMTx1,bom');
  assert.equal(late?.value, 'Wed, 21 Oct 2015 07:28:00 GMT');
  assert.equal(late.times, 1);
  assert.equal(next?.name, 'bom');
});

const WRONG = {
  nonsense: /"nonsense" is not a known fault; known faults: 429, late, status/,
  'bom,,crlf': /"" is not a known fault/,
  '429=soon': /"429=soon" is not valid; 429 takes seconds or an HTTP date/,
  status: /"status" is not valid; status takes a status from 400 to 599/,
  'status=200': /takes a status from 400 to 599/,
  'html=1': /html takes no value/,
  'slow=-1': /slow takes a whole number, 0 or more/,
  'bad=1.5': /bad takes a number from 0 to 1/,
  bad: /bad takes a number from 0 to 1/,
  'bad=0.5:worse': /unknown kind of bad record; known kinds: missing-field/,
  'bom@': /has no text after @/,
  bomx0: /does not apply to any request/,
  toString: /is not a known fault/,
};
for (const [spec, message] of Object.entries(WRONG)) {
  test(`rejects the faults "${spec}" with a message about what is allowed`, () => {
    assert.throws(
      () => parseFaults(spec),
      (error) =>
        error instanceof PipelineError &&
        error.code === 'usage' &&
        error.message.startsWith('Cannot read the faults ') &&
        message.test(error.message),
    );
  });
}

test('the help lists every fault and every kind of bad record', () => {
  for (const word of ['429', 'reset-body', 'gone=SHARE', 'lone-surrogate', '@TEXT', 'xN']) {
    assert.ok(FAULTS_HELP.includes(word), word);
  }
});
