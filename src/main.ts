import { enableCompileCache } from 'node:module';

import type { ErrorCode } from './core/errors.ts';

enableCompileCache();

/** What a shell sees. Nothing else decides it. */
const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  internal: 1,
  books: 1,
  need: 1,
  usage: 2,
  kind: 2,
  source: 3,
  rejects: 4,
  vanished: 4,
  database: 5,
  migration: 6,
  busy: 7,
  changes: 10,
  interrupted: 130,
};

const abort = new AbortController();

async function stop(): Promise<void> {
  const { PipelineError } = await import('./core/errors.ts');
  if (abort.signal.aborted) process.exit(EXIT_CODES.interrupted);
  abort.abort(
    new PipelineError('Cannot go on: interrupted', {
      code: 'interrupted',
      hint: 'Nothing was published.',
    }),
  );
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
for (const stream of [process.stdout, process.stderr]) {
  // Whoever read our output has gone, as in `| head -1`: that is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
}

const [{ runCli }, { stopWithParent }] = await Promise.all([
  import('./cli/program.ts'),
  import('./lib/parent-watch.ts'),
]);
stopWithParent(() => void stop());
const failure = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  signal: abort.signal,
});
// A pipe takes 64 kB; what is beyond waits for its reader, and an exit would cut it off.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise<void>((resolve) => void stream.write('', () => resolve()));
}
process.exit(failure === null ? 0 : EXIT_CODES[failure]);
