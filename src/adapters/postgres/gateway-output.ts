import { randomUUID } from 'node:crypto';
import { createReadStream, openSync, unlinkSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';

/** Unread responses to a client are kept in memory up to this size; anything beyond that goes to an unnamed file. */
const IN_MEMORY = 4 << 20;

export type Output = ReturnType<typeof createOutput>;

/** Output to one client. The engine cannot wait for the client to read, and unread output must not fill up memory. */
export function createOutput(socket: Socket, folder: string) {
  let file: number | null = null;

  function keep(bytes: Buffer): void {
    file ??= openNameless(folder);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  }

  async function drain(): Promise<void> {
    if (file === null) {
      await taken(socket);
      return;
    }
    const stream = createReadStream('', { fd: file, start: 0, highWaterMark: 1 << 18 });
    file = null;
    // Does not use `pipeline`, which leaves listeners on a socket that it does not end.
    try {
      for await (const part of stream) {
        if (socket.destroyed) return;
        if (!socket.write(part)) await taken(socket);
      }
    } catch {
      socket.destroy();
    }
  }

  return {
    /**
     * Keeps the bytes, so the caller must not reuse their memory. Disconnects the client if the bytes cannot be kept.
     */
    write(bytes: Buffer): void {
      if (bytes.length === 0 || socket.destroyed) return;
      if (file === null && socket.writableLength < IN_MEMORY) {
        socket.write(bytes);
        return;
      }
      try {
        keep(bytes);
      } catch {
        socket.destroy(); // no error can be sent in the middle of a response
      }
    },
    /** Null if nothing is waiting; otherwise fulfilled once the client has read everything or has disconnected. */
    drain: () => (file === null && !socket.writableNeedDrain ? null : drain()),
  };
}

function openNameless(folder: string): number {
  const path = join(folder, `.answer-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

async function taken(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('drain', resolve).once('close', resolve);
  await promise;
  socket.off('drain', resolve).off('close', resolve);
}
