import { Duplex } from 'node:stream';

import type { Engine } from './engine.ts';
import { watchAnswer } from './lost-statement.ts';

/** AuthenticationOk and ReadyForQuery: the engine's only session is already open. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
const TERMINATE = 'X'.charCodeAt(0);

/** Replaces the socket of pg's connection: sends pg's messages to the engine and returns the responses. */
export function engineStream(engine: Engine): Duplex {
  let isOpen = false;

  async function exchange(bytes: Buffer): Promise<void> {
    if (!isOpen) {
      isOpen = true;
      stream.push(WELCOME);
      return;
    }
    if (bytes[0] === TERMINATE) {
      stream.push(null);
      return;
    }
    const answer = watchAnswer(bytes);
    await engine.send(bytes, (data) => {
      const part = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      answer.push(part);
      stream.push(part);
    });
    answer.check();
  }

  /** SQL errors are regular responses. If there is no response, the engine is broken. */
  async function send(bytes: Buffer, done: (error?: Error) => void): Promise<void> {
    try {
      await exchange(bytes);
    } catch (error) {
      await engine.kill(error);
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    done();
  }

  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => void send(chunk, done),
    // pg corks the messages of a query, so they arrive here together.
    writev: (chunks, done) => void send(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), done),
  });
  // After a panic, the response never ends, and pg would keep waiting.
  void engine.ended.then((reason) => stream.destroy(reason));
  const nothing = (): void => undefined;
  return Object.assign(stream, {
    connect: () => queueMicrotask(() => stream.emit('connect')),
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
  });
}
