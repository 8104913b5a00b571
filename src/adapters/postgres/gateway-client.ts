import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';

import { serialize } from 'pg-protocol';

import type { Engine } from './engine.ts';
import { createAnswerReader, type AnswerReader } from './gateway-answer.ts';
import { createOutput, type Output } from './gateway-output.ts';
import type { Request } from './gateway-requests.ts';
import {
  RESET_SESSION_ENDING,
  NEW_SESSION,
  reportedSettings,
  restoreStart,
  startSettings,
} from './gateway-session.ts';
import { fatal, parameterStatus, requestedSettings, welcome, type Opening } from './wire.ts';

const MOST_NAMES = 1000;

/** Time for a client to read why it was disconnected. */
const GRACE_MS = 1000;

type Turn = {
  readonly run: () => Promise<void>;
  /** Whether the request is a complete query. */
  readonly cancellable: boolean;
};

export class Client {
  readonly socket: Socket;
  readonly output: Output;
  /** The key that the client needs to cancel a query. */
  readonly key = randomBytes(8);
  /** Complete requests that are waiting for a turn. */
  readonly requests: Turn[] = [];
  /** The client's session at the end of its last turn. */
  session = NEW_SESSION;
  /** The settings that the client started with. RESET and DISCARD ALL restore them. */
  start: ReadonlyMap<string, string> = new Map();
  /** The settings that PostgreSQL reports, with the values last sent to the client. */
  reported: ReadonlyMap<string, string> = new Map();
  /** The message that prepares the client's unnamed statement. */
  unnamed: Buffer | null = null;
  /** Names in the client's requests that may be custom settings, most recent last. */
  readonly names = new Set<string>();
  /** Whether the client may have set something that crashes the engine. */
  deadly = false;
  /** Whether settings that the client started with may have been lost. */
  changedSettings = false;
  /** Whether the client is in the middle of an extended query, so that no other client may send anything. */
  unsynced = false;
  /**
   * The kinds of objects in the client's session that cannot be restored, so that the client keeps the turn; empty if
   * none are known.
   */
  binding = '';
  /** Whether the client still has to read its last response. */
  draining = false;
  /** Whether the connection is closed, so that the client only has to give up its turn. */
  gone = false;

  constructor(socket: Socket, folder: string) {
    this.socket = socket;
    this.output = createOutput(socket, folder);
  }
}

/** Whether the client needs a turn. A request waits until the client has read the responses to earlier requests. */
export function isReady({ draining, gone, requests }: Client): boolean {
  return gone || (requests.length > 0 && !draining);
}

/** Names that may be custom settings of the client's session. */
export function settingNames({ names, session, start }: Client): readonly string[] {
  const all = new Set([...names, ...Object.keys(session.settings), ...start.keys()]);
  return [...all].filter((name) => name.includes('.'));
}

function remember(names: Set<string>, name: string): void {
  names.delete(name);
  names.add(name);
  const [oldest = name] = names;
  if (names.size > MOST_NAMES) names.delete(oldest);
}

/** Disconnects a client that keeps the turn. */
export function disconnect(client: Client): void {
  if (client.binding === '') {
    end(client, '25P03', 'terminating connection: its open transaction kept other sessions waiting');
  } else {
    end(client, '57P05', `terminating connection: it kept other sessions waiting (${client.binding})`);
  }
}

export function end({ draining, gone, socket }: Client, sqlState: string, reason: string): void {
  if (gone) return;
  if (draining) {
    socket.destroy(); // no error can be sent in the middle of a response
    return;
  }
  socket.end(fatal(sqlState, reason));
  socket.destroySoon();
  const grace = setTimeout(() => socket.destroy(), GRACE_MS).unref();
  socket.once('close', () => clearTimeout(grace));
}

/** Runs a request from the client whose session is in the engine. Throws if the engine can no longer work. */
export async function answer(engine: Engine, client: Client, request: Request): Promise<void> {
  client.binding = '';
  client.unsynced = request.unsynced;
  client.deadly ||= request.deadly;
  for (const name of request.names) remember(client.names, name);
  if (request.unnamed !== undefined) client.unnamed = request.unnamed;
  const reader = createAnswerReader();
  // Sent before the engine becomes idle: a timeout of one millisecond would shut down the engine before the next
  // message arrives.
  const reset = client.deadly && !client.unsynced ? RESET_SESSION_ENDING : null;
  await engine.send(request.bytes, (data) => client.output.write(reader.push(data)), reset);
  if (request.answered && reader.ready().length === 0) throw new Error('the embedded database lost a query');
  if (!client.unsynced) client.output.write(await settle(engine, client, reader));
  client.output.write(reader.ready());
}

/**
 * Undoes changes that a request is not allowed to make to the session. Returns the messages that report changed
 * settings to the client.
 */
async function settle(engine: Engine, client: Client, reader: AnswerReader): Promise<Buffer> {
  client.changedSettings ||= reader.changedSettings();
  if (reader.failed() || !(client.changedSettings || client.deadly)) return Buffer.alloc(0);
  const before = client.reported;
  if (client.changedSettings) {
    client.changedSettings = engine.isInTransaction(); // the change may still be rolled back
    if (!client.changedSettings) await restoreStart(engine, client.start);
    client.reported = await reportedSettings(engine);
  }
  if (client.unnamed !== null) await engine.send(Buffer.concat([client.unnamed, serialize.sync()]));
  const changed = [...client.reported].filter(([name, value]) => before.get(name) !== value);
  return Buffer.concat(changed.map(([name, value]) => parameterStatus(name, value)));
}

/** Applies the client's settings and admits the client. */
export async function greet(engine: Engine, client: Client, opening: Opening): Promise<void> {
  client.start = await startSettings(engine, requestedSettings(opening));
  client.reported = await reportedSettings(engine);
  client.socket.write(welcome(opening, client.reported, client.key));
}
