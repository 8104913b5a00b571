import { glob } from 'node:fs/promises';
import path from 'node:path';
import { before } from 'node:test';

/** Runs the unit tests in one process: one process per file would take longer than the tests. */
const root = path.join(import.meta.dirname, '..');
const { promise: loaded, resolve } = Promise.withResolvers<void>();
// Loading blocks the event loop, which a test that measures time or keeps connections would notice.
before(() => loaded);
for await (const file of glob('src/**/*.test.ts', { cwd: root })) await import(path.join(root, file));
resolve();
