import type { Socket } from 'node:net';

import {
  createMessageReader,
  GSS_REQUEST,
  isStart,
  NO_COPY_IN,
  preparesUnnamed,
  SSL_REQUEST,
  withOwnStatement,
  type Message,
  type Opening,
} from './wire.ts';

/** A simple query, or an extended one up to its end or to a flush. */
export type Request = {
  readonly bytes: Buffer;
  /** The last message in it that prepares the statement without a name; null where that one is gone after it. */
  readonly unnamed: Buffer | null | undefined;
  /** It is no end of an extended query: more must follow before anybody else's. */
  readonly unsynced: boolean;
};

/** Reads what a client sends. Its prepared statements get names with the prefix. */
export function readRequests(
  socket: Socket,
  prefix: string,
  on: {
    readonly start: (opening: Opening) => void;
    readonly request: (request: Request) => void;
    readonly end: (sqlState: string, reason: string) => void;
  },
): void {
  const reader = createMessageReader();
  let started = false;
  let batch: Buffer[] = [];
  let unnamed: Buffer | null | undefined;

  function readOpening(opening: Opening): void {
    if (opening.code === SSL_REQUEST || opening.code === GSS_REQUEST) {
      socket.write('N');
    } else if (isStart(opening)) {
      started = true;
      on.start(opening);
    } else {
      socket.destroy(); // to cancel, above all, which the engine cannot
    }
  }

  function readMessage(message: Message): void {
    const { type, bytes } = message;
    if (type === 'X') {
      socket.end();
      return;
    }
    if (type === 'd' || type === 'c' || type === 'f') return; // data of a COPY that has failed
    if (preparesUnnamed(message)) unnamed = bytes;
    const own = withOwnStatement(message, prefix);
    if (!['Q', 'S', 'F', 'H'].includes(type)) {
      batch.push(own);
      return;
    }
    // Data that does not come would end the engine.
    const [first, last] = type === 'Q' ? [own, NO_COPY_IN] : [NO_COPY_IN, own];
    on.request({
      bytes: Buffer.concat([...batch, first, last]),
      unnamed: type === 'Q' ? null : unnamed,
      unsynced: type === 'H',
    });
    batch = [];
    unnamed = undefined;
  }

  /** Whether there was one. */
  function readNext(): boolean {
    const opening = started ? null : reader.opening();
    if (opening !== null) {
      readOpening(opening);
      return true;
    }
    const message = started ? reader.message() : null;
    if (message !== null) readMessage(message);
    return message !== null;
  }

  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    try {
      reader.push(chunk);
      while (readNext());
    } catch (error) {
      on.end('08P01', `cannot understand the client: ${error instanceof Error ? error.message : ''}`);
    }
  });
}
