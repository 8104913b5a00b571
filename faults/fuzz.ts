import { pick, type Random } from '../src/sandbox/random.ts';

/** Values, as JSON text, that JSON parsers, JavaScript, PostgreSQL or terminals are known to handle badly. */
const VALUES: readonly [string, ...string[]] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-0.0',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775808',
  '2147483648',
  '0.1',
  '3.0',
  '1E2',
  '12345678901234567890.123456789',
  '""',
  '" "',
  '[]',
  '{}',
  '[null]',
  '[[[[]]]]',
  '{"__proto__":{"id":"polluted"}}',
  '{"constructor":{"prototype":{"id":"polluted"}}}',
  '"0000-01-01T00:00:00.000Z"',
  '"0001-01-01T00:00:00.000Z"',
  '"9999-12-31T23:59:59.999Z"',
  '"+275760-09-13T00:00:00.000Z"',
  '"275760-09-13T00:00:00.000Z"',
  '"-000001-01-01T00:00:00.000Z"',
  '"2006-02-30T00:00:00.000Z"',
  '"2006-03-25T24:00:00.000Z"',
  '"2006-03-25T10:30:60+12:00"',
  '"2006-03-25T10:30:00+16:00"',
  '"infinity"',
  '"now"',
  '"NaN"',
  '"Infinity"',
  '"5eb87cd9ffd86e000604b32a"',
];

const TEXTS: readonly [string, ...string[]] = [
  `'; DROP TABLE launches; --`,
  `"; DELETE FROM launches; --`,
  `$$; TRUNCATE launches; $$`,
  `\\.`,
  `\\N`,
  `NULL`,
  `a,"b""c",\nd`,
  `\r\n`,
  `=1+1`,
  `\u001b[2J\u001b[31mred\u001b]0;title\u0007`,
  `\u009b2J\u009d0;title\u009c`,
  `\u0007\b\u007f\u0085`,
  `\u202egnp.exe\u2066`,
  `\u2028\u2029\ufeff\u200b`,
  `\u0000`,
  `\ud83d`,
  `\ude00\ud83d`,
  `😀 Größe 漢字 é`,
  `__proto__`,
  `constructor`,
  `%s %n {0} \${x}`,
  `<script>alert(1)</script>`,
  `../../etc/passwd`,
];

/** Text that is not a valid record: other JSON values, and malformed JSON. */
const BROKEN: readonly [string, ...string[]] = [
  '17',
  'null',
  '"text"',
  '[]',
  '[{"id":"x"}]',
  '{}',
  '{"id":}',
  '{"id":tru}',
  '{"id":"a" "name":"b"}',
  '{"id":"a",}',
  `{"id":"\\x41"}`,
  `{"id":"\\ud83d"}`,
  '{"id":01}',
  '{"id":1.}',
  `{"id":"raw \u0001 \u001b[31m control"}`,
  `{'id':'single'}`,
  '{"id":NaN}',
  '{id:"bare"}',
  '{"id":"a"/* no */}',
];

/**
 * Returns the bytes of one record: usually a good record with some of its fields changed, duplicated or removed,
 * sometimes text that is not a record at all.
 */
export function fuzzRecord(random: Random, good: Readonly<Record<string, unknown>>, index: number): Buffer {
  if (random(20) === 0) return Buffer.from(pick(random, BROKEN));
  const id = random(12) === 0 ? fuzzValue(random) : `"${index.toString(16).padStart(24, '0')}"`;
  const members: [string, string][] = Object.entries(good).map(([name, value]) => [
    name,
    name === 'id' ? id : JSON.stringify(value),
  ]);
  for (let change = random(4); change > 0; change -= 1) changeOne(random, members);
  const text = `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
  const bytes = Buffer.from(text);
  // Inserts invalid UTF-8 into a string.
  const quote = bytes.lastIndexOf('"');
  if (random(30) === 0 && quote > 0)
    return Buffer.concat([bytes.subarray(0, quote), pick(random, BYTES), bytes.subarray(quote)]);
  return bytes;
}

const BYTES: readonly [Buffer, ...Buffer[]] = [
  Buffer.from([0xff]),
  Buffer.from([0xc3]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  Buffer.from([0x9b, 0x32, 0x4a]),
];

function changeOne(random: Random, members: [string, string][]): void {
  const at = random(members.length);
  const member = members[at];
  if (member === undefined) return;
  const kind = random(10);
  if (kind === 0) members.splice(at, 1);
  else if (kind === 1) members.push([member[0], fuzzValue(random)]);
  else if (kind === 2)
    members.push([
      pick(random, ['__proto__', 'constructor', 'toString', '', '\u001b[31m', "x'; --"]),
      fuzzValue(random),
    ]);
  else if (member[0] !== 'id') member[1] = fuzzValue(random);
}

function fuzzValue(random: Random): string {
  switch (random(8)) {
    case 0:
    case 1:
    case 2:
      return JSON.stringify(pick(random, TEXTS));
    case 3:
      return deep(random);
    case 4:
      return `"${String(random(275_761)).padStart(4, '0')}-0${1 + random(9)}-1${random(10)}T0${random(10)}:00:00.000Z"`;
    case 5:
      return `[${Array.from({ length: random(4) }, () => pick(random, VALUES)).join(',')}]`;
    default:
      return pick(random, VALUES);
  }
}

function deep(random: Random): string {
  const depth = random(50) === 0 ? 50_000 : pick(random, [10, 100, 1000]);
  return random(2) === 0
    ? '['.repeat(depth) + ']'.repeat(depth)
    : '{"a":'.repeat(depth) + '0' + '}'.repeat(depth);
}
