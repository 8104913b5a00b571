import type { Socket } from 'node:net';

import { serialize } from 'pg-protocol';

import { mayEndSession } from './gateway-session.ts';
import {
  CANCEL_REQUEST,
  createMessageReader,
  GSS_REQUEST,
  SSL_REQUEST,
  type Message,
  type Opening,
} from './wire.ts';

/** A simple query, or an extended query up to its Sync, a Flush or the memory limit. */
export type Request = {
  readonly bytes: Buffer;
  /**
   * The last message in the request that prepares the unnamed statement; null if that statement no longer exists
   * afterwards.
   */
  readonly unnamed: Buffer | null | undefined;
  /** Whether an extended query continues after this request, so that no other client may send anything in between. */
  readonly unsynced: boolean;
  /** Whether the engine always responds to the request and then reports that it is ready. */
  readonly answered: boolean;
  /** Names in the text that may be custom settings. */
  readonly names: readonly string[];
  /** Whether the text may set something that crashes the engine. */
  readonly deadly: boolean;
};

/** The protocol's major version, in the upper half of the code that starts a session. */
const PROTOCOL_VERSION = 3;

/** The size limit for an extended query before its Sync. */
const MOST_BYTES = 1 << 20;

/** Fails a COPY FROM STDIN that is waiting for data. Otherwise, the engine ignores this message. */
const NO_COPY_IN = serialize.copyFail('this database does not support COPY FROM STDIN');

/** The message types in an extended query before its Sync. */
const EXTENDED = ['P', 'B', 'D', 'C', 'E'];

/** Reads a client's messages. Stops at the first one that it cannot understand. */
export function readRequests(
  socket: Socket,
  on: {
    readonly start: (opening: Opening) => void;
    readonly request: (request: Request) => void;
    readonly cancel: (key: string) => void;
    readonly quit: () => void;
    readonly broken: (reason: string) => void;
  },
): void {
  const reader = createMessageReader();
  const batches = createBatches(on.request);
  let state: 'opening' | 'started' | 'over' = 'opening';

  function readOpening(opening: Opening): void {
    if (opening.code === SSL_REQUEST || opening.code === GSS_REQUEST) {
      socket.write('N');
    } else if (opening.code >>> 16 === PROTOCOL_VERSION) {
      state = 'started';
      on.start(opening);
    } else {
      state = 'over';
      if (opening.code === CANCEL_REQUEST) on.cancel(opening.key);
      socket.destroy();
    }
  }

  function readMessage(message: Message): void {
    const { type } = message;
    if (type === 'X') {
      state = 'over';
      on.quit();
    } else if (type !== 'd' && type !== 'c' && type !== 'f') {
      batches.add(message); // the other types are data for a COPY that has failed
    }
  }

  /** Returns whether there was a complete message. */
  function readNext(): boolean {
    if (state === 'over') return false;
    const opening = state === 'opening' ? reader.opening() : null;
    if (opening !== null) {
      readOpening(opening);
      return true;
    }
    const message = state === 'started' ? reader.message() : null;
    if (message !== null) readMessage(message);
    return message !== null;
  }

  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    if (state === 'over') return;
    try {
      reader.push(chunk);
      while (readNext());
    } catch (error) {
      state = 'over';
      on.broken(`cannot parse the client's message: ${error instanceof Error ? error.message : ''}`);
    }
  });
}

/** Combines messages into requests. */
function createBatches(on: (request: Request) => void): { readonly add: (message: Message) => void } {
  let parts: Buffer[] = [];
  let size = 0;
  let unnamed: Buffer | null | undefined;
  let names = new Set<string>();
  let deadly = false;
  /** Whether an extended query is in progress. It may have started in an earlier request. */
  let open = false;

  function flush(answered: boolean): void {
    on({ bytes: Buffer.concat(parts), unnamed, unsynced: open, answered, names: [...names], deadly });
    parts = [];
    size = 0;
    unnamed = undefined;
    names = new Set();
    deadly = false;
  }

  return {
    add({ type, bytes }) {
      const extended = EXTENDED.includes(type);
      // An unknown type would end the engine.
      if (!extended && !['Q', 'F', 'S', 'H'].includes(type)) {
        throw new Error(`unknown message type ${JSON.stringify(type)}`);
      }
      parts.push(bytes);
      size += bytes.length;
      // The engine would also crash if a COPY received anything other than data.
      if (type === 'Q' || type === 'E') parts.push(NO_COPY_IN);
      if (type === 'Q') unnamed = null;
      if (type === 'P' && bytes[5] === 0) unnamed = bytes;
      if (type === 'Q' || type === 'P' || type === 'B') {
        const text = bytes.toString('utf8', 5);
        for (const name of settingNames(text)) names.add(name);
        deadly ||= mayEndSession(text);
      }
      // After an error in an extended query, the engine skips everything up to the Sync.
      const answered = type === 'S' || (!extended && type !== 'H' && !open);
      if (extended) open = true;
      else if (type !== 'H') open = false;
      if (!extended || size > MOST_BYTES) flush(answered);
    },
  };
}

const NAME = /(?<![\p{L}\p{N}_$])[\p{L}_][\p{L}\p{N}_$]*(?:\.[\p{L}_][\p{L}\p{N}_$]*)+/gu;

/** Finds possible custom settings in SQL and in parameters: names with a dot, each part quoted or not. */
function settingNames(text: string): readonly string[] {
  return text.replaceAll('"', '').match(NAME) ?? [];
}
