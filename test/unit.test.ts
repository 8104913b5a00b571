import { glob } from 'node:fs/promises';
import path from 'node:path';
import { before } from 'node:test';

/** Runs the unit tests in one process: starting a process for each file would take longer than the tests. */
const root = path.join(import.meta.dirname, '..');
const { promise: loaded, resolve } = Promise.withResolvers<void>();
// Loading blocks the event loop, which would disturb tests that measure time or keep connections open.
before(() => loaded);
for await (const file of glob('src/**/*.test.ts', { cwd: root })) await import(path.join(root, file));
resolve();
