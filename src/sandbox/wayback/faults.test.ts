import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PipelineError } from '../../core/errors.ts';
import { parseWaybackFaults, WAYBACK_FAULTS_HELP } from './faults.ts';

test('parses the name, value, path and repeat count of a fault in copies', () => {
  assert.deepEqual(
    parseWaybackFaults('replayed=525@captures/rocketsx2, wrong-etag,truncate').map(
      ({ name, effect, value, amount, path, times }) => [name, effect, value, amount, path, times],
    ),
    [
      ['replayed', 'replay', '525', 525, 'captures/rockets', 2],
      ['wrong-etag', 'proof', '', 0, '', Infinity],
      ['truncate', 'content', '', 0, '', Infinity],
    ],
  );
});

for (const [spec, message] of [
  ['flood', /"flood" is not a known fault; known faults: 429, late/],
  ['replayed', /"replayed" is not valid; replayed takes a status from 300 to 599/],
  ['replayed=200', /takes a status from 300 to 599/],
  ['status=301', /takes a status from 400 to 599/],
  ['gzip=1', /gzip takes no value/],
  ['late=-1', /late takes a whole number, 0 or more/],
  ['pretty', /is not a known fault/],
] as const) {
  test(`rejects the faults "${spec}" with a message about what is allowed`, () => {
    assert.throws(
      () => parseWaybackFaults(spec),
      (error) => error instanceof PipelineError && error.code === 'usage' && message.test(error.message),
    );
  });
}

test('the help lists every fault and the paths', () => {
  for (const word of ['429[=RETRY-AFTER]', 'late', 'replayed=CODE', 'double-encoding', 'cdx/RESOURCE']) {
    assert.ok(WAYBACK_FAULTS_HELP.includes(word), word);
  }
});
