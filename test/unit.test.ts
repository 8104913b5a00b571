import { glob } from 'node:fs/promises';
import path from 'node:path';
import { before } from 'node:test';

/** The unit tests in one process: a process for each of their files takes longer than the tests. */
const root = path.join(import.meta.dirname, '..');
const { promise: loaded, resolve } = Promise.withResolvers<void>();
// Loading blocks the event loop, which a test that measures time or keeps connections would notice.
before(() => loaded);
for await (const file of glob('src/**/*.test.ts', { cwd: root })) await import(path.join(root, file));
resolve();
