/** PostgreSQL's protocol, version 3.0, as far as a gateway must read and write it. */

/** What a client sends before it is let in: a request for encryption, to cancel, or to start with parameters. */
export type Opening = { readonly code: number; readonly parameters: ReadonlyMap<string, string> };

/** A message whole, its type letter and length included. */
export type Message = { readonly type: string; readonly bytes: Buffer };

export const CANCEL_REQUEST = 80877102;
export const SSL_REQUEST = 80877103;
export const GSS_REQUEST = 80877104;
const PROTOCOL_3_0 = 196608;

/** A query is text; a longer message is no client of ours, and would only fill the memory. */
const LONGEST_MESSAGE = 64 << 20;

export type MessageReader = {
  readonly push: (chunk: Buffer) => void;
  /** Null until all its bytes are there. Throws where they cannot be the protocol. */
  readonly opening: () => Opening | null;
  readonly message: () => Message | null;
};

export function createMessageReader(): MessageReader {
  let rest: Buffer = Buffer.alloc(0);

  /** The next bytes, the length of which stands at `at` and counts itself. */
  function take(at: number): Buffer | null {
    if (rest.length < at + 4) return null;
    const length = rest.readInt32BE(at);
    if (length < 4 || length > LONGEST_MESSAGE) throw new Error(`no message is ${length} bytes long`);
    if (rest.length < at + length) return null;
    const taken = rest.subarray(0, at + length);
    rest = rest.subarray(at + length);
    return taken;
  }

  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    },
    opening() {
      const bytes = take(0);
      if (bytes === null) return null;
      if (bytes.length < 8) throw new Error('it does not begin as a client of PostgreSQL does');
      const texts = bytes.toString('utf8', 8).split('\0');
      const parameters = new Map<string, string>();
      for (let at = 0; at + 1 < texts.length && texts[at] !== ''; at += 2) {
        parameters.set(texts[at] ?? '', texts[at + 1] ?? '');
      }
      return { code: bytes.readInt32BE(4), parameters };
    },
    message() {
      const bytes = take(1);
      return bytes === null ? null : { type: String.fromCharCode(bytes[0] ?? 0), bytes };
    },
  };
}

/** Where in a message the name of a prepared statement begins; null where it has none. */
function statementAt({ type, bytes }: Message): number | null {
  switch (type) {
    case 'P':
      return 5;
    case 'B':
      return bytes.indexOf(0, 5) + 1;
    case 'D':
    case 'C':
      return bytes[5] === 0x53 ? 6 : null;
    default:
      return null;
  }
}

/** Does it make the statement without a name, which lasts until the next one or a simple query? */
export function preparesUnnamed({ type, bytes }: Message): boolean {
  return type === 'P' && bytes[5] === 0;
}

/** The message with the name of its prepared statement, if it has one, made the client's own. */
export function withOwnStatement(message: Message, prefix: string): Buffer {
  const { bytes } = message;
  const at = statementAt(message);
  if (at === null || at === 0 || bytes[at] === 0) return bytes;
  const own = Buffer.concat([bytes.subarray(0, at), Buffer.from(prefix), bytes.subarray(at)]);
  own.writeInt32BE(own.length - 1, 1);
  return own;
}

/** Types: T and the rest; each part text that ends in a zero byte, or bytes as they are. */
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

/** What a client sends before anything else: a code, and the numbers that go with it. */
export function startMessage(code: number, ...values: readonly number[]): Buffer {
  return int32(8 + 4 * values.length, code, ...values);
}

/** Fails a COPY FROM STDIN that waits for data, and is ignored by everything else. */
export const NO_COPY_IN = encode('f', 'this database takes no COPY FROM STDIN');

export const SYNC = encode('S');

export function fatal(sqlState: string, text: string): Buffer {
  return encode('E', 'SFATAL', 'VFATAL', `C${sqlState}`, `M${text}`, Buffer.alloc(1));
}

/** What lets a client in, whatever its name and password. */
export function welcome({ parameters, code }: Opening, settings: ReadonlyMap<string, string>): Buffer {
  const unknown = [...parameters.keys()].filter((name) => name.startsWith('_pq_.'));
  const negotiated =
    code > PROTOCOL_3_0 || unknown.length > 0
      ? [encode('v', int32(PROTOCOL_3_0, unknown.length), ...unknown)]
      : [];
  return Buffer.concat([
    ...negotiated,
    encode('R', int32(0)),
    ...[...settings].map(([name, value]) => encode('S', name, value)),
    encode('K', int32(0, 0)),
    encode('Z', Buffer.from('I')),
  ]);
}

/** Settings that a client asks for when it starts: by name, and as `options=-c name=value`. */
export function wantedSettings({ parameters }: Opening): Map<string, string> {
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

/** Is it a start with protocol 3? */
export function isStart({ code }: Opening): boolean {
  return code >>> 16 === 3;
}
