import { Worker } from 'node:worker_threads';

import { PipelineError } from '../../core/errors.ts';
import { ConnectionLost } from './errors.ts';

/** The thread's startup data. */
export type Opening = {
  readonly dir: string;
  /** `name=value` pairs that apply to every session. */
  readonly settings: readonly string[];
};

type Work =
  | {
      readonly kind: 'protocol';
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly afterwards: Uint8Array<ArrayBuffer> | null;
    }
  | { readonly kind: 'copy'; readonly sql: string; readonly csv: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'query'; readonly sql: string; readonly values: readonly unknown[] }
  | { readonly kind: 'exec'; readonly sql: string }
  | { readonly kind: 'close' };

export type Request = Work & { readonly id: number };

export type Answer =
  | { readonly kind: 'opened' }
  | { readonly kind: 'data'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown; readonly inTransaction: boolean }
  | {
      readonly kind: 'failed';
      /** Null if the engine itself failed, not a request. */
      readonly id: number | null;
      readonly error: EngineFailure;
      readonly inTransaction: boolean;
    };

type Row = Readonly<Record<string, unknown>>;

/** An error as sent by the thread. */
export type EngineFailure = {
  readonly message: string;
  readonly code: string | null;
  /** A WASI error number if the file system failed. */
  readonly errno: number | null;
  readonly outOfMemory: boolean;
  /** The reason in the last fatal line of PostgreSQL's log. */
  readonly fatal: string | null;
};

/** An error from PGlite, with the details in `failure`. */
export class EngineError extends Error {
  readonly failure: EngineFailure;

  constructor(failure: EngineFailure) {
    super(failure.fatal ?? failure.message);
    this.failure = failure;
    if (failure.code !== null) Object.assign(this, { code: failure.code });
  }
}

/** PGlite in its own thread. It answers requests in order. */
export type Engine = Awaited<ReturnType<typeof openEngine>>;

export type EngineOptions = {
  readonly settings?: ReadonlyMap<string, string> | undefined;
  /**
   * If it aborts while the engine is opening, opening fails immediately. After that, the engine ends if a request from
   * before the abort is still unanswered after a grace period.
   */
  readonly signal?: AbortSignal | undefined;
  /** Called before opening and before each request. Throws if nothing may be written anymore. */
  readonly check?: (() => void) | undefined;
  /**
   * How long a request may take before the engine is terminated; unlimited by default. A damaged index can make a
   * request run forever.
   */
  readonly limitMs?: number | undefined;
};

/**
 * How long a statement may continue after an abort. Most statements end by themselves, which leaves the session intact.
 */
const GRACE_MS = 1000;

/** When PostgreSQL recurses deeply, its own stack limit must be reached before JavaScript's stack overflows. */
const STACK_MB = 64;

/** Creating a database takes seconds; recovering a large one may take minutes. */
const OPENING_MS = 600_000;

type Waiting = PromiseWithResolvers<unknown> & { readonly onData: (bytes: Uint8Array) => void };

/**
 * Opens PGlite in a folder. The caller must hold the folder's lock. Rejects with EngineError or with the signal's
 * reason.
 */
export async function openEngine(dir: string, options: EngineOptions = {}) {
  const { settings = new Map<string, string>(), signal, check = () => undefined, limitMs = 0 } = options;
  signal?.throwIfAborted();
  check();
  const opening: Opening = { dir, settings: [...settings].map(([name, value]) => `${name}=${value}`) };
  // In dist/, this module and the thread's module both end in .js.
  const entry = new URL(`./engine-thread${import.meta.url.slice(-3)}`, import.meta.url);
  const thread = new Worker(entry, { workerData: opening, resourceLimits: { stackSizeMb: STACK_MB } });
  const opened = Promise.withResolvers<void>();
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let inTransaction = false;
  let ended: Error | null = null;
  const over = Promise.withResolvers<Error>();

  function end(reason: unknown): void {
    ended ??= reason instanceof Error ? reason : new Error(String(reason));
    over.resolve(ended);
    opened.reject(ended);
    for (const { reject } of waiting.values()) reject(new ConnectionLost(ended));
    waiting.clear();
    clearTimeout(grace);
    signal?.removeEventListener('abort', stop);
  }

  thread.on('message', (message: Answer) => {
    if (message.kind === 'opened') return opened.resolve();
    if (message.kind === 'failed' && message.id === null) return end(new EngineError(message.error));
    const one = waiting.get(message.id ?? 0);
    if (message.kind === 'data') return one?.onData(message.bytes);
    waiting.delete(message.id ?? 0);
    ({ inTransaction } = message);
    if (message.kind === 'failed') one?.reject(new EngineError(message.error));
    else one?.resolve(message.result);
  });
  thread.on('error', end);
  thread.on('exit', () => end(new Error('the embedded database stopped unexpectedly')));

  let grace: NodeJS.Timeout | undefined;
  const kill = async (reason: unknown): Promise<void> => {
    end(reason);
    await thread.terminate();
  };
  const stop = (): void => {
    const reason: unknown = signal?.reason;
    const late = asked;
    grace = setTimeout(() => {
      const isLate = [...waiting.keys()].some((id) => id <= late);
      if (isLate) void kill(reason);
    }, GRACE_MS);
  };
  const stopOpening = (): void => void kill(signal?.reason);
  signal?.addEventListener('abort', stopOpening);
  const slow = setTimeout(() => void kill(tooLong(OPENING_MS)), OPENING_MS);
  try {
    await opened.promise;
  } catch (error) {
    await thread.terminate();
    throw error;
  } finally {
    clearTimeout(slow);
    signal?.removeEventListener('abort', stopOpening);
  }
  signal?.addEventListener('abort', stop);

  async function ask(
    work: Work,
    transfer: readonly ArrayBuffer[] = [],
    onData: Waiting['onData'] = () => undefined,
  ): Promise<unknown> {
    if (ended !== null) throw new ConnectionLost(ended);
    try {
      check();
    } catch (error) {
      await kill(error);
      throw error;
    }
    asked += 1;
    const id = asked;
    const answer = { ...Promise.withResolvers<unknown>(), onData };
    thread.postMessage({ ...work, id } satisfies Request, [...transfer]);
    waiting.set(id, answer);
    const timer = limitMs > 0 ? setTimeout(() => void kill(tooLong(limitMs)), limitMs) : undefined;
    return answer.promise.finally(() => clearTimeout(timer));
  }

  return {
    /**
     * Sends PostgreSQL protocol messages. The responses arrive in parts, before the promise is fulfilled. `afterwards`
     * contains messages that are sent before PostgreSQL becomes idle; their responses are dropped.
     */
    async send(
      messages: Uint8Array,
      onData?: (data: Uint8Array) => void,
      afterwards: Uint8Array | null = null,
    ): Promise<void> {
      const own = new Uint8Array(messages);
      const next = afterwards === null ? null : new Uint8Array(afterwards);
      await ask({ kind: 'protocol', bytes: own, afterwards: next }, [own.buffer], onData);
    },
    /** Runs a statement that copies from `/dev/blob`, which contains `csv`. Returns the number of rows. */
    async copy(sql: string, csv: Uint8Array): Promise<number> {
      const own = new Uint8Array(csv);
      return Number(await ask({ kind: 'copy', sql, csv: own }, [own.buffer]));
    },
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows its query
    async query<T>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
      return (await ask({ kind: 'query', sql, values })) as T[];
    },
    /** Runs several statements that are sent as one string. Returns the rows of each. */
    async exec(sql: string): Promise<readonly (readonly Row[])[]> {
      return (await ask({ kind: 'exec', sql })) as Row[][]; // as the thread sends them
    },
    /**
     * Fulfilled when all requests sent so far have ended, successfully or not. The last part of a response arrives
     * before its request ends.
     */
    async idle(): Promise<void> {
      await Promise.allSettled([...waiting.values()].map(({ promise }) => promise));
    },
    /** The state after the last response. */
    isInTransaction: () => inTransaction,
    isEnded: () => ended !== null,
    /** Fulfilled with the reason once the engine can no longer work. */
    ended: over.promise,
    /** Shuts PostgreSQL down cleanly. If a request is still unanswered, acts like `kill`. */
    async close(): Promise<void> {
      if (ended === null && waiting.size === 0) await ask({ kind: 'close' }).catch(() => undefined);
      await kill(new Error('the embedded database was closed'));
    },
    /** Ends the thread immediately, as a crash would. All pending requests fail with `reason`. */
    kill,
  };
}

function tooLong(limitMs: number): PipelineError {
  return new PipelineError(`Cannot continue: the embedded database did not respond for ${limitMs / 1000} s`, {
    code: 'database',
    hint: 'If a statement needs that long, raise database.statementTimeoutSeconds. Otherwise, the files may be damaged: keep a copy of the data folder and report the problem.',
  });
}
