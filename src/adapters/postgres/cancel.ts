import { once } from 'node:events';
import { connect as openSocket, isIP, type Socket } from 'node:net';
import { connect as openTls } from 'node:tls';

import { serialize } from 'pg-protocol';

import type { Connection } from './connect.ts';
import type { Encryption } from './tls.ts';

/**
 * Asks the server to cancel the statement running on this connection. Sends the request over a new connection to the
 * same address, with the same encryption. Returns once the server has handled the request, or after `timeoutMs`, so
 * that the request cannot cancel a later statement.
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
    // Ignored: the wait for the statement is limited anyway, and this error would add nothing.
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
  // Same as in pg: the certificate must match the host, and an IP address is not sent as the server name.
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const secure = openTls({ socket, host, ...encryption, ...servername });
  await once(secure, 'secureConnect');
  return secure;
}
