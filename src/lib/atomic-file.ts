import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type AtomicFile = {
  /** Await each write before the next one. Once it has resolved, the caller can reuse the bytes. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Moves the complete file to its path. If a write has failed, rejects and leaves no file behind. */
  readonly commit: () => Promise<void>;
  /** Removes the temporary file. Does nothing after a commit. */
  readonly discard: () => Promise<void>;
};

/** Every write costs the event loop about 70 µs, regardless of its size, so small writes are combined. */
const GATHERED_BYTES = 1 << 20;

/** The maximum number of bytes left to sync at the end. Earlier bytes are synced while the file is written. */
const UNSYNCED_BYTES = 32 << 20;

export type AtomicFileOptions = {
  /** Whether to wait until the file and its name are durable. The default is true. */
  readonly sync?: boolean;
};

/** Writes a file atomically: its path always contains the old file or the complete new file. */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: AtomicFileOptions = {},
): Promise<void> {
  const file = await createAtomicFile(path, options);
  try {
    await file.write(typeof data === 'string' ? Buffer.from(data) : data);
    await file.commit();
  } finally {
    await file.discard();
  }
}

/** Creates a file that appears at its path on `commit`. Before the commit, it has a hidden name in the same folder. */
export async function createAtomicFile(
  path: string,
  { sync = true }: AtomicFileOptions = {},
): Promise<AtomicFile> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const handle = await open(temporary, 'wx');
  let failed = false;
  let gathered = Buffer.alloc(0);
  let gatheredBytes = 0;
  let unsyncedBytes = 0;
  let syncing: Promise<void> = Promise.resolve();
  let end: { readonly kind: 'commit' | 'discard'; readonly done: Promise<void> } | null = null;

  async function gather(bytes: Uint8Array): Promise<void> {
    if (gatheredBytes + bytes.byteLength > GATHERED_BYTES) await flush();
    if (bytes.byteLength >= GATHERED_BYTES) {
      await put(bytes);
      return;
    }
    makeRoom(gatheredBytes + bytes.byteLength);
    gathered.set(bytes, gatheredBytes);
    gatheredBytes += bytes.byteLength;
  }

  /**
   * Enlarges the buffer if needed. It starts small, because most files stay small and a run opens nearly a hundred
   * files.
   */
  function makeRoom(needed: number): void {
    if (needed <= gathered.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(GATHERED_BYTES, needed * 4));
    larger.set(gathered.subarray(0, gatheredBytes));
    gathered = larger;
  }

  async function flush(): Promise<void> {
    if (gatheredBytes === 0) return;
    const bytes = gathered.subarray(0, gatheredBytes);
    gatheredBytes = 0;
    await put(bytes);
  }

  async function put(bytes: Uint8Array): Promise<void> {
    let written = 0;
    // After a short write, writes the remaining bytes. If an error caused the short write, the next write reports it.
    do written += (await handle.write(bytes, written)).bytesWritten;
    while (written < bytes.byteLength);
    unsyncedBytes += written;
    if (!sync || unsyncedBytes < UNSYNCED_BYTES) return;
    unsyncedBytes = 0;
    await syncing;
    syncing = handle.datasync();
    // Prevents an unhandled rejection. The next sync or the commit reports the error.
    syncing.catch(() => {});
  }

  async function publish(): Promise<void> {
    try {
      if (failed) throw new Error(`Cannot commit ${path}: an earlier write failed`);
      await flush();
      await syncing;
      if (sync) await handle.sync();
      await handle.close();
      await rename(temporary, path);
    } catch (error) {
      await remove();
      throw error;
    }
    if (sync) await syncFolder(dirname(path));
  }

  async function remove(): Promise<void> {
    await syncing.catch(() => {});
    // The handle is closed even if `close` fails, and the earlier error is more useful.
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
  }

  return {
    async write(bytes) {
      if (end !== null)
        throw new Error(
          `Cannot write ${path}: it was already ${end.kind === 'commit' ? 'committed' : 'discarded'}`,
        );
      try {
        await gather(bytes);
      } catch (error) {
        failed = true;
        throw error;
      }
    },
    async commit() {
      if (end?.kind === 'discard') throw new Error(`Cannot commit ${path}: it was discarded`);
      end ??= { kind: 'commit', done: publish() };
      await end.done;
    },
    async discard() {
      if (end?.kind === 'commit') return;
      end ??= { kind: 'discard', done: remove() };
      await end.done;
    },
  };
}

/** Makes new file names in a folder durable. Windows cannot open a folder and does not need this. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
