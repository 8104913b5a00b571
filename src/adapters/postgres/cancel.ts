import { once } from 'node:events';
import { connect as openSocket, isIP, type Socket } from 'node:net';
import { connect as openTls } from 'node:tls';

import { serialize } from 'pg-protocol';

import type { Connection } from './connect.ts';
import type { Encryption } from './tls.ts';

/**
 * Asks the server to cancel the statement running on this connection, over a new connection to the same address, with
 * the same encryption. Returns when the server has done so, or after `timeoutMs`, so that the cancel request cannot hit
 * a later statement.
 */
export async function requestCancel(connection: Connection, timeoutMs: number): Promise<void> {
  const { encryption, host } = connection;
  const { processId, secretKey } = connection.key();
  const request = serialize.cancel(processId, secretKey);
  const socket = openSocket(connection.address());
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  try {
    await once(socket, 'connect');
    const stream = encryption === false ? socket : await encrypt(socket, host, encryption);
    // The server signals the backend before it closes this connection.
    const closed = once(stream.resume(), 'close');
    stream.write(request);
    await closed;
  } catch {
    // The statement itself has a limit, and this error would add nothing.
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function encrypt(
  socket: Socket,
  host: string,
  encryption: Exclude<Encryption, false>,
): Promise<Socket> {
  const answered = once(socket, 'data');
  socket.write(serialize.requestSsl());
  await answered;
  // As pg does: the certificate must match the host, and an IP address is not sent as a server name.
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const secure = openTls({ socket, host, ...encryption, ...servername });
  await once(secure, 'secureConnect');
  return secure;
}
