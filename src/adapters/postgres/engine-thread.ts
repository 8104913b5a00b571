import { parentPort, workerData } from 'node:worker_threads';

import { PGlite } from '@electric-sql/pglite';

import type { Answer, Opening, Request } from './engine.ts';

/** Runs PGlite in its own thread, because a running statement blocks the thread. */
const port = parentPort;
if (port === null) throw new Error('This module must run in a worker thread');
const { dir, settings } = workerData as Opening; // only openEngine starts this thread

/** The last fatal error in PostgreSQL's log. PGlite's own errors contain no reason. */
let fatal: string | null = null;
/** Bytes that PostgreSQL has sent since it logged the fatal error. */
let lastBytes = 0;
/** If PostgreSQL sends more than this, it will never stop. This happens, for example, after an idle-session timeout. */
const MOST_LAST_BYTES = 1 << 16;

/** How long PostgreSQL may keep sending data after it has logged a fatal error. */
const LAST_ANSWER_MS = 200;

try {
  const engine = await PGlite.create(dir, {
    startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
    onStdout: () => false,
    onStderr(line) {
      const [, reason] = /(?:FATAL|PANIC): {2}(.*)$/.exec(line) ?? [];
      if (reason !== undefined) {
        fatal = reason;
        // PostgreSQL may end without answering the request.
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
    // COPY FROM STDIN would kill the WebAssembly process. PGlite offers /dev/blob instead.
    const { affectedRows } = await engine.query(request.sql, [], { blob: new Blob([request.csv]) });
    return affectedRows ?? 0;
  }
  if (request.kind === 'protocol') {
    await engine.execProtocolRawStream(request.bytes, {
      onRawData(data) {
        if (fatal !== null && (lastBytes += data.length) > MOST_LAST_BYTES) throw new Error(fatal);
        // Copied, because the engine reuses that memory.
        const bytes = new Uint8Array(data);
        send({ kind: 'data', id: request.id, bytes }, [bytes.buffer]);
      },
    });
    const { afterwards } = request;
    // Sent in the same task, because one of PostgreSQL's timers could otherwise fire in between.
    if (afterwards !== null) await engine.execProtocolRawStream(afterwards, { onRawData: () => undefined });
  } else if (request.kind === 'exec') {
    return (await engine.exec(request.sql)).map(({ rows }) => rows);
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

/** The WebAssembly file system throws objects that are not errors and whose reason is a number. */
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
