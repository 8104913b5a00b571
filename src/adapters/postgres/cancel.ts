import { once } from 'node:events';
import { connect as openSocket, isIP, type Socket } from 'node:net';
import { connect as openTls } from 'node:tls';

import type { Connection } from './connect.ts';
import type { Encryption } from './tls.ts';
import { CANCEL_REQUEST, SSL_REQUEST, startMessage } from './wire.ts';

/**
 * Asks the server to cancel the statement that runs on this connection: over a new one to the same address, encrypted
 * in the same way. Returns when the server has done so, or after `timeoutMs`: no cancel hits a later statement.
 */
export async function requestCancel(connection: Connection, timeoutMs: number): Promise<void> {
  const { encryption, host } = connection;
  const { processId, secretKey } = connection.key();
  const request = startMessage(CANCEL_REQUEST, processId, secretKey);
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
    // The statement itself has a limit, and this error would say no more.
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
  socket.write(startMessage(SSL_REQUEST));
  await answered;
  // As pg does: the certificate must be that of the host, and no address is sent as a name.
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const secure = openTls({ socket, host, ...encryption, ...servername });
  await once(secure, 'secureConnect');
  return secure;
}
