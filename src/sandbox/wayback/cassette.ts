/** The contents of a recording: one request to the API and its response. */
export type Recorded = {
  readonly uri: string;
  readonly body: Buffer;
  readonly etag: string | null;
  readonly recordedAt: string;
  /** Base64, although the body is plain ASCII. */
  readonly binary: boolean;
};

/** Ruby's writer breaks a line at the first space after this column. */
const WIDTH = 80;

/** A cassette as written by VCR, a Ruby library: YAML with one interaction. */
export function cassetteOf({ uri, body, etag, recordedAt, binary }: Recorded): Buffer {
  const date = new Date(recordedAt).toUTCString();
  const isOld = recordedAt < '2022';
  const headers = [
    ['Date', date],
    ['Content-Type', 'application/json; charset=utf-8'],
    ['Cache-Control', 'max-age=300'],
    ...(etag === null ? [] : [['Etag', quoted(etag)]]),
    ['Server', 'sandbox'],
    ['Vary', 'Accept-Encoding'],
    ['Spacex-Api-Cache', 'HIT'],
  ];
  const lines = [
    '---',
    'http_interactions:',
    '- request:',
    '    method: get',
    `    uri: ${uri}`,
    '    body:',
    '      encoding: US-ASCII',
    "      string: ''",
    '    headers:',
    '      Accept:',
    '      - "*/*"',
    '  response:',
    '    status:',
    '      code: 200',
    '      message: OK',
    '    headers:',
    ...headers.flatMap(([name, value]) => [`      ${name}:`, `      - ${value}`]),
    '    body:',
    '      encoding: ASCII-8BIT',
    `      string: ${bodyText(body, binary)}`,
    ...(isOld ? ['    http_version: '] : []),
    `  recorded_at: ${date}`,
    `recorded_with: VCR ${isOld ? '4.0.0' : '6.4.0'}`,
    '',
  ];
  return Buffer.from(lines.join('\n'));
}

function bodyText(body: Buffer, binary: boolean): string {
  const text = body.toString('latin1');
  if (binary || !/^[ -~]*$/.test(text)) return `!binary |-\n        ${body.toString('base64')}`;
  return folded(quoted(text), 'string: '.length + 6, 8);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Breaks a line only at a single space, because a YAML parser reads the line break as a single space. */
function folded(text: string, column: number, indent: number): string {
  const words = text.split(/(?<=[^ ]) (?=[^ ])/);
  const lines = [words[0] ?? ''];
  let used = column + (words[0]?.length ?? 0);
  for (const word of words.slice(1)) {
    if (used > WIDTH) {
      lines.push(word);
      used = indent + word.length;
    } else {
      lines[lines.length - 1] += ` ${word}`;
      used += 1 + word.length;
    }
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}
