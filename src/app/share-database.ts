import { socketElsewhere, socketInFolder, type SocketPlace } from '../adapters/files/database-socket.ts';
import type { FolderLock } from '../adapters/files/folder-lock.ts';
import { openGateway, type Gateway } from '../adapters/postgres/gateway.ts';
import type { SharedEngine } from '../adapters/postgres/shared-engine.ts';

const PATIENCE_MS = 30_000;

/** An embedded database that this process holds. */
export type Held = {
  readonly dataDir: string;
  readonly lock: FolderLock;
  readonly share: () => Promise<SharedEngine>;
};

export type ShareOptions = {
  /** The port on the loopback interface: 0 for any free port, null for none. */
  readonly port: number | null;
  /** The URL shown to other processes that find the folder locked. */
  readonly urlOf: (port: number | null) => string;
};

/** Lets other processes of this user read the database over a Unix socket, and tools on this machine through a port. */
export async function shareDatabase(
  { dataDir, lock, share }: Held,
  { port, urlOf }: ShareOptions,
): Promise<Gateway> {
  const open = (place: SocketPlace): Promise<Gateway> =>
    openGateway(share, { port, socket: place.path, patienceMs: PATIENCE_MS, folder: dataDir });
  let place = await socketInFolder(dataDir);
  // Some file systems do not support sockets.
  let gateway = place === null ? null : await open(place).catch(() => null);
  if (place === null || gateway === null) {
    place = await socketElsewhere(dataDir);
    const { remove } = place;
    gateway = await open(place).catch(async (error: unknown) => {
      await remove();
      throw error;
    });
  }
  const { close, port: real } = gateway;
  const { path, remove } = place;
  await lock.announce({ url: urlOf(real), socket: path });
  let closing: Promise<void> | null = null;
  return { port: real, close: () => (closing ??= close().then(remove)) };
}

/** The URL for psql and other clients. The user name in it does not matter. */
export function readerUrl(port: number): string {
  return `postgresql://reader@127.0.0.1:${port}/postgres`;
}
