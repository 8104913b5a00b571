import assert from 'node:assert/strict';
import { test } from 'node:test';

import { tellError } from './command.ts';

test('an error without a hint asks for a report, with the stack that is not on the screen yet', () => {
  const told = (logLevel?: string): string => {
    let text = '';
    const stderr = { write: (part: string) => (text += part) };
    const streams = { stdout: stderr, stderr, cwd: '/', signal: new AbortController().signal };
    const given = logLevel === undefined ? {} : { logLevel };
    tellError(streams, { code: 'internal', message: 'Cannot continue: x', hint: null }, given);
    return text;
  };
  const error = 'error: Cannot continue: x\nhint: This should not happen. Report it, with';
  assert.equal(told(), `${error} what --log-level debug adds.\n`);
  assert.equal(told('debug'), `${error} this log.\n`);
});
