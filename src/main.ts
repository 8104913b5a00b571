import { enableCompileCache } from 'node:module';

import { EXIT_CODES } from './output/exit-codes.ts';
import { holdWarnings } from './cli/node-warnings.ts';
import { startedByNohup, startedByNpm } from './config/started-by.ts';

const printWarnings = holdWarnings(process);
enableCompileCache();

const abort = new AbortController();

async function stop(): Promise<void> {
  const { PipelineError } = await import('./core/errors.ts');
  if (abort.signal.aborted) process.exit(EXIT_CODES.interrupted);
  abort.abort(
    new PipelineError('Cannot continue: interrupted', {
      code: 'interrupted',
      hint: 'Check how far it got before you run it again.',
    }),
  );
}

const outlivesTerminal = startedByNohup();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
process.on('SIGHUP', () => void (outlivesTerminal || stop()));
// The program that reads our output may stop early, as in `| head -1`, and a log's disk may fill up. Neither stops
// our work.
const unwritten: Error[] = [];
process.stderr.on('error', () => undefined);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') unwritten.push(error);
});

const args = process.argv.slice(2);
const [{ runCli }, { stopWithParent }, { printError, warningLine }, { openLineFormat }] = await Promise.all([
  import('./cli/program.ts'),
  import('./lib/parent-watch.ts'),
  import('./cli/command.ts'),
  import('./config/log-format.ts'),
]);
const lines = openLineFormat(args);
printWarnings({
  format: lines.current,
  asJson: (warning) => warningLine(warning, (line) => void process.stderr.write(line)),
});
stopWithParent(
  () => {
    if (!abort.signal.aborted) void stop();
  },
  // npm does not survive SIGHUP, with or without nohup.
  { startedByNpm: startedByNpm() && !outlivesTerminal },
);
// A pipe holds 64 kB. The rest of the output waits for the reader, and would be lost if this process exited now.
const write = (stream: NodeJS.WriteStream, text: string) =>
  new Promise<void>((resolve) => void stream.write(text, () => resolve()));
const fail = async (code: 'usage' | 'internal', message: string, hint: string): Promise<void> => {
  const stderr = { write: (text: string) => process.stderr.write(text) };
  printError({ stderr, cwd: '/', lines, given: {} }, { code, message, hint });
  await write(process.stderr, '');
};
const cwd = currentFolder();
if (cwd === null) {
  const reason = 'the current folder was deleted, or this user has no access to a folder above it';
  await fail(
    'usage',
    `Cannot start spacex-pipeline: ${reason}`,
    'Change to a different folder, then try again.',
  );
  process.exit(EXIT_CODES.usage);
}
const failure = await runCli(args, {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd,
  signal: abort.signal,
  lines,
});
await write(process.stdout, '');
const [reason] = unwritten;
if (reason === undefined) await write(process.stderr, '');
else await fail('internal', `Cannot write the output: ${reason.message}`, 'Write the output somewhere else.');
const outcome = failure ?? (reason === undefined ? null : 'internal');
process.exit(outcome === null ? 0 : EXIT_CODES[outcome]);

function currentFolder(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}
