import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';

import { cliReference } from '../../scripts/cli-reference.ts';

void it('docs/cli.md tells every command as it is: after a change, npm run docs', () => {
  const written = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
  assert.equal(written, cliReference());
});
