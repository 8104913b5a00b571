import { Duplex } from 'node:stream';

import type { Engine } from './engine.ts';
import { watchAnswer } from './lost-statement.ts';

/** AuthenticationOk and ReadyForQuery: the thread has one session, and it is open. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
const TERMINATE = 'X'.charCodeAt(0);

/** What pg takes for the socket of its connection: its messages go to the engine, and the answers come back. */
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
    await engine.execProtocolRawStream(bytes, {
      onRawData(data) {
        const part = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
        answer.push(part);
        stream.push(part);
      },
    });
    answer.check();
  }

  /** Errors of SQL are answers. Where there is none, the engine is broken. */
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
    // pg corks the messages of one query, so that they arrive here together.
    writev: (chunks, done) => void send(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), done),
  });
  // A panic leaves an answer without its end, which pg would wait for.
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
