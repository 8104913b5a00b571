import type { Socket } from 'node:net';

import { namesDeadly } from './gateway-session.ts';
import {
  CANCEL_REQUEST,
  createMessageReader,
  GSS_REQUEST,
  isStart,
  NO_COPY_IN,
  SSL_REQUEST,
  type Message,
  type Opening,
} from './wire.ts';

/** A simple query, or an extended one up to its end, to a flush, or to as much as is kept in memory. */
export type Request = {
  readonly bytes: Buffer;
  /** The last message in it that prepares the statement without a name; null where that one is gone after it. */
  readonly unnamed: Buffer | null | undefined;
  /** It is no end of an extended query: more must follow before anybody else's. */
  readonly unsynced: boolean;
  /** Does the engine answer it in any case, and then say that it is ready? */
  readonly answered: boolean;
  /** Names in its text that settings of applications may have. */
  readonly names: readonly string[];
  /** May its text set what ends the engine? */
  readonly deadly: boolean;
};

/** Of an extended query before its end. */
const MOST_BYTES = 1 << 20;

/** The types of an extended query's messages before its end. */
const EXTENDED = ['P', 'B', 'D', 'C', 'E'];

/** Reads what a client sends. Once it cannot be understood, nothing more of it is read. */
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
    } else if (isStart(opening)) {
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
      batches.add(message); // the others are data of a COPY that has failed
    }
  }

  /** Whether there was one. */
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
      on.broken(`cannot understand the client: ${error instanceof Error ? error.message : ''}`);
    }
  });
}

/** Puts messages together to requests. */
function createBatches(on: (request: Request) => void): { readonly add: (message: Message) => void } {
  let parts: Buffer[] = [];
  let size = 0;
  let unnamed: Buffer | null | undefined;
  let names = new Set<string>();
  let deadly = false;
  /** Has an extended query begun, of which earlier requests may hold a part? */
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
      // The engine ends where a type is unknown.
      if (!extended && !['Q', 'F', 'S', 'H'].includes(type)) {
        throw new Error(`no message has the type ${JSON.stringify(type)}`);
      }
      parts.push(bytes);
      size += bytes.length;
      // It also ends where a COPY gets anything else than data.
      if (type === 'Q' || type === 'E') parts.push(NO_COPY_IN);
      if (type === 'Q') unnamed = null;
      if (type === 'P' && bytes[5] === 0) unnamed = bytes;
      if (type === 'Q' || type === 'P' || type === 'B') {
        const text = bytes.toString('utf8', 5);
        for (const name of settingNames(text)) names.add(name);
        deadly ||= namesDeadly(text);
      }
      // After an error in an extended query everything up to its end is passed over.
      const answered = type === 'S' || (!extended && type !== 'H' && !open);
      if (extended) open = true;
      else if (type !== 'H') open = false;
      if (!extended || size > MOST_BYTES) flush(answered);
    },
  };
}

const NAME = /(?<![\p{L}\p{N}_$])[\p{L}_][\p{L}\p{N}_$]*(?:\.[\p{L}_][\p{L}\p{N}_$]*)+/gu;

/** What settings of applications look like in SQL and among parameters: names with a dot, each part quoted or not. */
function settingNames(text: string): readonly string[] {
  return text.replaceAll('"', '').match(NAME) ?? [];
}
