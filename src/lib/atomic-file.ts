import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type AtomicFile = {
  /** Await each write before the next. After that, the caller may reuse the bytes. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Gives the complete file its name. If a write has failed, rejects and leaves nothing. */
  readonly commit: () => Promise<void>;
  /** Removes what was written; does nothing after a commit. */
  readonly discard: () => Promise<void>;
};

/** Every write costs the event loop about 70 µs, whatever its size, so small ones are combined. */
const GATHERED_BYTES = 1 << 20;

/** How many bytes may be unsynced at the end: earlier ones are synced in the meantime. */
const UNSYNCED_BYTES = 32 << 20;

export type AtomicFileOptions = {
  /** Wait until the disk holds the file and its name. Default true. */
  readonly sync?: boolean;
};

/** The path always shows the old file or the complete new one, never a part. */
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

/** A file that appears under its path on `commit`. Until then it has a hidden name in the same folder. */
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

  /** Starts small, because most files stay small and a run opens nearly a hundred. */
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
    // After a short write, writes the rest, which reports the error that cut it short, if there was one.
    do written += (await handle.write(bytes, written)).bytesWritten;
    while (written < bytes.byteLength);
    unsyncedBytes += written;
    if (!sync || unsyncedBytes < UNSYNCED_BYTES) return;
    unsyncedBytes = 0;
    await syncing;
    syncing = handle.datasync();
    // The sync at the end will fail as well.
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
    // A handle is closed even if its close fails, and the earlier error is the one to report.
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
  }

  return {
    async write(bytes) {
      if (end !== null) throw new Error(`Cannot write ${path}: it was ended by ${end.kind}`);
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

/** Makes new names in the folder durable. Windows cannot open a folder and does not need this. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
