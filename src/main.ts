import { enableCompileCache } from 'node:module';

import { EXIT_CODES } from './cli/exit-codes.ts';
import { startedByNpm } from './config/started-by.ts';

enableCompileCache();

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
stopWithParent(
  () => {
    if (!abort.signal.aborted) void stop();
  },
  { startedByNpm: startedByNpm() },
);
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
