/** A recorded exchange from a VCR cassette, which is a YAML file. */
export type Cassette = {
  readonly url: string;
  readonly status: number;
  /** Header names are lowercase. The values of a repeated header are joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** ISO 8601; null if unknown. */
  readonly recordedAt: string | null;
};

/** Throws if the file is not a cassette with exactly one exchange. */
export async function readCassette(file: Uint8Array): Promise<Cassette> {
  // Loaded on demand, because most commands never read a cassette.
  const { parse } = await import('yaml');
  const text = new TextDecoder('utf-8', { fatal: true }).decode(file);
  // Pretty errors would quote several lines of the body.
  const exchanges = at(parse(text, { customTags: [BINARY], prettyErrors: false }), 'http_interactions');
  if (!Array.isArray(exchanges) || exchanges.length !== 1)
    throw new TypeError('the file is not a cassette with exactly one exchange');
  const [exchange] = exchanges as readonly unknown[];
  const response = at(exchange, 'response');
  const url = at(at(exchange, 'request'), 'uri');
  const status = at(at(response, 'status'), 'code');
  const body = at(at(response, 'body'), 'string');
  if (typeof url !== 'string' || typeof status !== 'number')
    throw new TypeError('the exchange lacks a URL or a status');
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new TypeError('the exchange has no body');
  return {
    url,
    status,
    headers: headersIn(at(response, 'headers')),
    body: typeof body === 'string' ? Buffer.from(body) : body,
    recordedAt: momentIn(at(exchange, 'recorded_at')),
  };
}

/**
 * The tag that Ruby uses for bytes that are not ASCII. It has a single exclamation mark, unlike YAML's own `!!binary`
 * tag.
 */
const BINARY = { tag: '!binary', resolve: (text: string) => Buffer.from(text, 'base64') };

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function headersIn(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, values]: [string, unknown]) => [
      name.toLowerCase(),
      (Array.isArray(values) ? values : [values]).map(String).join(', '),
    ]),
  );
}

function momentIn(value: unknown): string | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
