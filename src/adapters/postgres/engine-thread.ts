import { parentPort, workerData } from 'node:worker_threads';

import { PGlite } from '@electric-sql/pglite';

import type { Answer, Opening, Request } from './engine.ts';

/** The thread that runs PGlite, which blocks it for as long as a statement takes. */
const port = parentPort;
if (port === null) throw new Error('This module is the entry of a worker thread');
const { dir, settings } = workerData as Opening; // sent by openEngine alone

/** What PostgreSQL logged last before it gave up: PGlite's own errors give no reason. */
let fatal: string | null = null;
/** What it has answered since. */
let lastBytes = 0;
/** Beyond that it goes on for ever, as after a limit on idle sessions. */
const MOST_LAST_BYTES = 1 << 16;

/** What PostgreSQL still says once it has logged that it ends. */
const LAST_ANSWER_MS = 200;

try {
  const engine = await PGlite.create(dir, {
    startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
    onStdout: () => false,
    onStderr(line) {
      const [, reason] = /(?:FATAL|PANIC): {2}(.*)$/.exec(line) ?? [];
      if (reason !== undefined) {
        fatal = reason;
        // It may end without an answer to what was asked.
        setTimeout(() => fail(null, new Error(reason)), LAST_ANSWER_MS);
      }
      return false;
    },
  });
  send({ kind: 'opened' });
  port.on('message', (request: Request) => void answer(engine, request));
} catch (error) {
  fail(null, error);
}

async function answer(engine: PGlite, request: Request): Promise<void> {
  const { id } = request;
  try {
    const result = await perform(engine, request);
    send({ kind: 'done', id, result, inTransaction: engine.isInTransaction() });
  } catch (error) {
    fail(id, error, engine.isInTransaction());
  }
}

async function perform(engine: PGlite, request: Request): Promise<unknown> {
  if (request.kind === 'query') return (await engine.query(request.sql, [...request.values])).rows;
  if (request.kind === 'copy') {
    // COPY FROM STDIN kills the WebAssembly process; /dev/blob is PGlite's own way in.
    const { affectedRows } = await engine.query(request.sql, [], { blob: new Blob([request.csv]) });
    return affectedRows ?? 0;
  }
  if (request.kind === 'protocol') {
    await engine.execProtocolRawStream(request.bytes, {
      onRawData(data) {
        if (fatal !== null && (lastBytes += data.length) > MOST_LAST_BYTES) throw new Error(fatal);
        // The engine uses that memory again.
        const bytes = new Uint8Array(data);
        send({ kind: 'data', id: request.id, bytes }, [bytes.buffer]);
      },
    });
    const { afterwards } = request;
    // In the same task: a timer of PostgreSQL would go off between two.
    if (afterwards !== null) await engine.execProtocolRawStream(afterwards, { onRawData: () => undefined });
  } else if (request.kind === 'exec') {
    return (await engine.exec(request.sql)).map(({ rows }) => ({ rows }));
  } else {
    await engine.close();
  }
  return null;
}

function send(message: Answer, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, [...transfer]);
}

function fail(id: number | null, error: unknown, inTransaction = false): void {
  send({ kind: 'failed', id, error: plain(error), inTransaction });
}

/** The file system of WebAssembly throws objects that are no errors, with a number for a reason. */
function plain(error: unknown): Extract<Answer, { kind: 'failed' }>['error'] {
  const { code, errno } = Object(error) as { readonly code?: unknown; readonly errno?: unknown };
  return {
    message: error instanceof Error ? error.message : String(error),
    code: typeof code === 'string' ? code : null,
    errno: typeof errno === 'number' ? errno : null,
    outOfMemory: error instanceof RangeError,
    fatal,
  };
}
