/** The server side of PostgreSQL's protocol, version 3.0, as far as a gateway needs to read and write it. */

/** A client's first message: a request for encryption, a cancel request, or a startup message with parameters. */
export type Opening = {
  readonly code: number;
  readonly parameters: ReadonlyMap<string, string>;
  /** In a cancel request, the client's key. */
  readonly key: string;
};

/** A complete message, including its type letter and length. */
export type Message = { readonly type: string; readonly bytes: Buffer };

export const CANCEL_REQUEST = 80877102;
export const SSL_REQUEST = 80877103;
export const GSS_REQUEST = 80877104;
const PROTOCOL_3_0 = 196608;

/** Queries are text. A longer message does not come from a legitimate client and would only fill the memory. */
const LONGEST_MESSAGE = 64 << 20;
/** PostgreSQL ends the session if a startup message, or a message of a type not listed below, is longer than this. */
const LONGEST_SMALL_MESSAGE = 10_000;
const LARGE_TYPES = ['Q', 'P', 'B', 'F', 'd'];

/**
 * Reads what a client sends: an opening, and then messages. Returns null for each until all its bytes have arrived.
 * Throws if the bytes do not follow the protocol.
 */
export function createMessageReader() {
  let parts: Buffer[] = [];
  let size = 0;

  /** All bytes received so far, as one buffer. */
  function joined(): Buffer {
    const [first = Buffer.alloc(0)] = parts;
    if (parts.length < 2) return first;
    const all = Buffer.concat(parts);
    parts = [all];
    return all;
  }

  /** The next message; null until it is complete. Its length, which includes the length field itself, is at `at`. */
  function take(at: number): Buffer | null {
    if (size < at + 4) return null;
    const head = (parts[0]?.length ?? 0) < at + 4 ? joined() : (parts[0] ?? joined());
    const length = head.readUInt32BE(at);
    const large = at > 0 && LARGE_TYPES.includes(String.fromCharCode(head[0] ?? 0));
    if (length < 4 || length > (large ? LONGEST_MESSAGE : LONGEST_SMALL_MESSAGE)) {
      throw new Error(`invalid message length ${length}`);
    }
    if (size < at + length) return null;
    const bytes = joined();
    parts = [bytes.subarray(at + length)];
    size -= at + length;
    return bytes.subarray(0, at + length);
  }

  return {
    push(chunk: Buffer): void {
      parts.push(chunk);
      size += chunk.length;
    },
    opening(): Opening | null {
      const bytes = take(0);
      if (bytes === null) return null;
      if (bytes.length < 8) throw new Error('the startup message is too short');
      const texts = bytes.toString('utf8', 8).split('\0');
      const parameters = new Map<string, string>();
      for (let at = 0; at + 1 < texts.length && texts[at] !== ''; at += 2) {
        parameters.set(texts[at] ?? '', texts[at + 1] ?? '');
      }
      return { code: bytes.readInt32BE(4), parameters, key: bytes.toString('hex', 8) };
    },
    message(): Message | null {
      const bytes = take(1);
      return bytes === null ? null : { type: String.fromCharCode(bytes[0] ?? 0), bytes };
    },
  };
}

/** Encodes a message of the given type. Text parts get a trailing zero byte; buffers are used as they are. */
function encode(type: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part));
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(4 + body.reduce((sum, { length }) => sum + length, 0), 1);
  return Buffer.concat([head, ...body]);
}

function int32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeInt32BE(value, 4 * index);
  return bytes;
}

export function fatal(sqlState: string, text: string): Buffer {
  return encode('E', 'SFATAL', 'VFATAL', `C${sqlState}`, `M${text}`, Buffer.alloc(1));
}

export function parameterStatus(name: string, value: string): Buffer {
  return encode('S', name, value);
}

/** Ends a request that was canceled before its turn. */
export function cancelled(): Buffer {
  const text = 'canceling statement due to user request';
  return Buffer.concat([encode('E', 'SERROR', 'VERROR', 'C57014', `M${text}`, Buffer.alloc(1)), READY]);
}

/** Ready for a query, outside a transaction. */
const READY = encode('Z', Buffer.from('I'));

/** Admits a client with any name and password. The client needs the 8-byte key to cancel queries. */
export function welcome(
  { parameters, code }: Opening,
  settings: ReadonlyMap<string, string>,
  key: Buffer,
): Buffer {
  const unknown = [...parameters.keys()].filter((name) => name.startsWith('_pq_.'));
  const negotiated =
    code > PROTOCOL_3_0 || unknown.length > 0
      ? [encode('v', int32(PROTOCOL_3_0, unknown.length), ...unknown)]
      : [];
  return Buffer.concat([
    ...negotiated,
    encode('R', int32(0)),
    ...[...settings].map(([name, value]) => parameterStatus(name, value)),
    encode('K', key),
    READY,
  ]);
}

/** The settings that a client requests at startup, either by name or as `options=-c name=value`. */
export function requestedSettings({ parameters }: Opening): Map<string, string> {
  const wanted = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (name === 'options') {
      for (const [, key, text] of value.matchAll(/(?:-c\s*|--)([\w.-]+)=((?:\\.|\S)*)/g)) {
        wanted.set((key ?? '').replaceAll('-', '_'), (text ?? '').replaceAll(/\\(.)/g, '$1'));
      }
    } else if (!['user', 'database', 'replication'].includes(name) && !name.startsWith('_pq_.')) {
      wanted.set(name, value);
    }
  }
  return wanted;
}
