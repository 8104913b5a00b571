import { readdir } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { spec } from 'node:test/reporters';
import type { TestEvent } from 'node:test/reporters';

const SRC = resolve(import.meta.dirname, '../../src');

/** What Node prints at the end of a test file that stopped collecting coverage. */
const UNCOUNTED = /^\{.*"Precise coverage has not been started\."\}\}\n$/;

/**
 * Prints Node's own report, then one line for machines. Fails the test run if a source file is missing from the
 * coverage.
 */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let closing = '0 passed, 1 failed';
  const missing: string[] = [];

  async function* watched(): AsyncGenerator<TestEvent> {
    for await (const event of source) {
      if (event.type === 'test:summary' && event.data.file === undefined) {
        const { cancelled, passed, skipped, tests, todo } = event.data.counts;
        const failed = tests - passed - skipped - todo;
        closing = `${passed} passed, ${Math.max(failed, cancelled)} failed, ${skipped} skipped`;
      }
      if (event.type === 'test:coverage') {
        const reported = event.data.summary.files.map(({ path }) => relative(SRC, path));
        missing.push(...(await sourceFiles()).filter((file) => !reported.includes(file)));
      }
      if (event.type === 'test:stderr' && UNCOUNTED.test(event.data.message)) continue;
      yield event;
    }
  }

  yield* Readable.from(watched()).compose(new spec()) as AsyncIterable<string>;
  if (missing.length > 0) {
    process.exitCode = 1;
    yield `Not in the coverage report: ${missing.join(', ')}\n`;
  }
  yield `${closing}\n`;
}

async function sourceFiles(): Promise<string[]> {
  const names = await readdir(SRC, { recursive: true });
  return names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
}
