import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

import { REPOSITORY } from '../support/cli.ts';

void describe('the fault lab', () => {
  void it('loses no data in its short form', async () => {
    // The seed is different each time. If something is lost, the exit code is not 0. The coverage of these
    // programs is not measured, because other tests cover them and measuring would make them 50% slower.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(REPOSITORY, 'faults', 'main.ts'), '--short'],
      { env: { ...process.env, NODE_V8_COVERAGE: undefined } },
    );
    const [injected, survived, lost] = /^all +(\d+) +(\d+) +(\d+)/m.exec(stdout)?.slice(1).map(Number) ?? [];
    assert.ok((injected ?? 0) >= 35, stdout);
    assert.deepEqual([survived, lost], [injected, 0], stdout);
  });
});
