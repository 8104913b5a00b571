import { randomUUID } from 'node:crypto';
import { createReadStream, openSync, unlinkSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';

/** What a client has not read yet of its answers is in memory as far as this, and then in a file without a name. */
const IN_MEMORY = 4 << 20;

export type Output = {
  /** The bytes are kept: their memory must not be written again. Where they cannot be kept, the client is cut off. */
  readonly write: (bytes: Buffer) => void;
  /** Null where nothing waits; else fulfilled once the client has taken everything, or is gone. */
  readonly drain: () => Promise<void> | null;
};

/** Towards one client: the engine cannot wait until it reads, and what it has not read must not fill the memory. */
export function createOutput(socket: Socket, folder: string): Output {
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
    // Not by `pipeline`, which leaves listeners on a socket that it does not end.
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
    write(bytes) {
      if (bytes.length === 0 || socket.destroyed) return;
      if (file === null && socket.writableLength < IN_MEMORY) {
        socket.write(bytes);
        return;
      }
      try {
        keep(bytes);
      } catch {
        socket.destroy(); // in the middle of an answer there is no room for an error
      }
    },
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
