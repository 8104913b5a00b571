import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { openEmbedded } from '../../src/adapters/postgres/embedded.ts';
import { copyEmbedded } from '../support/embedded-template.ts';
import type { OpenDatabase } from './target-lab.ts';

/** One embedded database for a test file, with a schema for each test, because opening a database takes seconds. */
export async function openSharedPglite(): Promise<OpenDatabase> {
  const dir = await mkdtemp(join(tmpdir(), 'pglite-'));
  await copyEmbedded(join(dir, 'database'));
  const engine = await openEmbedded({ dir: join(dir, 'database'), schema: 'public' });
  after(async () => {
    await engine.close();
    await rm(dir, { recursive: true });
  });
  return async (schema) => engine.inSchema(schema);
}
