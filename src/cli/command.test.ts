import assert from 'node:assert/strict';
import { test } from 'node:test';

import { printError } from './command.ts';

test('an error without a hint asks the user to report it, with the stack trace if it has not been printed', () => {
  const printed = (logLevel?: string): string => {
    let text = '';
    const stderr = { write: (part: string) => (text += part) };
    const given = logLevel === undefined ? {} : { logLevel };
    printError({ stderr, cwd: '/', given }, { code: 'internal', message: 'Cannot continue: x', hint: null });
    return text;
  };
  const error = 'error: Cannot continue: x\nhint: This should not happen. Please report it and include';
  assert.equal(printed(), `${error} the extra output of --log-level debug.\n`);
  assert.equal(printed('debug'), `${error} this log.\n`);
});
