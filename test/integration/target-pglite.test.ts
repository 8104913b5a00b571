import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { openEmbedded } from '../../src/adapters/postgres/embedded.ts';
import { withSchema } from '../suites/shared-engine.ts';
import { testTarget } from '../suites/target-suite.ts';

const dir = await mkdtemp(join(tmpdir(), 'target-pglite-'));
const engine = await openEmbedded({ dir: join(dir, 'database'), schema: 'public' });
after(async () => {
  await engine.close();
  await rm(dir, { recursive: true });
});

testTarget('PGlite', async (schema) => withSchema(engine, schema));
