import { glob } from 'node:fs/promises';
import path from 'node:path';

/** The unit tests in one process: a process for each of their files takes longer than the tests. */
const root = path.join(import.meta.dirname, '..');
for await (const file of glob('src/**/*.test.ts', { cwd: root })) await import(path.join(root, file));
