import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { GlobalOptions } from './context.ts';
import { runnable } from './self.ts';

const HINT = 'Replace it with: spacex-pipeline run --full';

test('adds the given address to a command that pulls', () => {
  const typed = (text: string, given: GlobalOptions) =>
    runnable(text, { cwd: '/', given }).replace(/: .*bin\/spacex-pipeline /, ': ');
  const from = 'http://127.0.0.1:8080/2.3.0';
  const source = 'launch-library';
  assert.equal(
    typed(HINT, { from, source }),
    `Replace it with: --source launch-library run --from ${from} --full`,
  );
  assert.equal(typed(HINT, { source: from }), `Replace it with: run --from ${from} --full`);
  assert.equal(typed(HINT, { from: ['01a2', 'live'] }), 'Replace it with: run --from live --full');
  assert.equal(typed(`${HINT} --from archive`, { from }), 'Replace it with: run --full --from archive');
  // The address belongs to one source.
  assert.equal(
    typed(`${HINT} --source launch-library`, { from, source: 'spacex' }),
    'Replace it with: run --full --source launch-library',
  );
  // A login is never shown.
  assert.equal(typed(HINT, { from: 'http://me:secret@host/' }), 'Replace it with: run --full');
  assert.equal(typed('Look at: spacex-pipeline runs', { from }), 'Look at: runs');
});
