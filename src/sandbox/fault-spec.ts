import { BAD_KINDS, isBadKind, type BadKind } from './bad-records.ts';
import { FAULT_LIST_HELP, parseFaultList, readFaultAmount, type FaultValue } from './fault-grammar.ts';

/** What a fault does: delays the response, replaces it, changes the records in it, or damages the way it is sent. */
export type FaultEffect = 'wait' | 'answer' | 'content' | 'sending';

export type FaultSpec = {
  readonly name: FaultName;
  readonly effect: FaultEffect;
  /** The value as written; '' if there is none. */
  readonly value: string;
  /** The number in the value, or its default. */
  readonly amount: number;
  /** For `bad`: the only kind to use; null for all kinds. */
  readonly badKind: BadKind | null;
  /** Applies only to paths that contain this text; every path contains ''. */
  readonly path: string;
  /** Applies only to this number of requests. */
  readonly times: number;
};

type Fault = {
  readonly effect: FaultEffect;
  readonly value: FaultValue;
  /** The default if there is no value; null if a value is required. */
  readonly amount: number | null;
  readonly usage: string;
  readonly help: string;
};

const FAULTS = {
  late: fault('wait', 'count', 1000, 'late[=MS]', 'a wait before anything is sent (1000)'),
  429: fault(
    'answer',
    'retry-after',
    0,
    '429[=RETRY-AFTER]',
    'too many requests; RETRY-AFTER is a number of seconds or an HTTP date',
  ),
  status: fault('answer', 'status', null, 'status=CODE', 'any 4xx or 5xx'),
  challenge: fault('answer', 'none', 0, 'challenge', '403 with an HTML page that requires a browser'),
  html: fault('answer', 'none', 0, 'html', '200 with an HTML page'),
  object: fault('answer', 'none', 0, 'object', '200 with a JSON object instead of an array'),
  empty: fault('answer', 'none', 0, 'empty', '200 with []'),
  reset: fault('answer', 'none', 0, 'reset', 'the connection breaks before the response'),
  stall: fault('answer', 'none', 0, 'stall', '200 with headers, but no body'),
  hang: fault('answer', 'none', 0, 'hang', 'no response, and the connection stays open'),
  'wrong-type': fault('sending', 'none', 0, 'wrong-type', 'the correct body as text/plain'),
  'reset-body': fault(
    'sending',
    'count',
    1000,
    'reset-body[=BYTES]',
    'the connection breaks partway through the body (1000)',
  ),
  truncate: fault(
    'sending',
    'count',
    1000,
    'truncate[=BYTES]',
    'the body ends early, but the connection closes normally (1000)',
  ),
  slow: fault('sending', 'count', 100, 'slow[=MS]', 'a wait before each 64 kB (100)'),
  bad: fault('content', 'share', null, 'bad=SHARE[:KIND]', 'this share of the records breaks its contract'),
  gone: fault('content', 'share', null, 'gone=SHARE', 'this share of the records is missing'),
  pretty: fault('content', 'none', 0, 'pretty', 'indented JSON'),
  bom: fault('content', 'none', 0, 'bom', 'a byte order mark before the body'),
  crlf: fault('content', 'none', 0, 'crlf', 'lines end in CR LF'),
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS extends infer K ? (K extends number ? `${K}` : K) : never;

/** A request header with faults that replace the sandbox's own faults for that request. */
export const FAULTS_HEADER = 'sandbox-faults';

export const FAULTS_HELP = [
  ...FAULT_LIST_HELP,
  '',
  ...Object.values(FAULTS).map(({ usage, help }) => `  ${usage.padEnd(20)} ${help}`),
  '',
  'A SHARE is between 0 and 1; it affects the same records each time. KIND is one of',
  ...BAD_KINDS.map((kind) => `  ${kind}`),
  'If several faults replace the response (429 to hang), a request gets only the first one that is not used up.',
  `A request can set its own faults in the ${FAULTS_HEADER} header; then only those faults apply to it.`,
].join('\n');

/** Throws PipelineError `usage` for the first invalid part. */
export function parseFaults(spec: string): readonly FaultSpec[] {
  return parseFaultList(spec, (part, fail) => {
    const { name, path, times } = part;
    if (!isFaultName(name))
      throw fail(`is not a known fault; known faults: ${Object.keys(FAULTS).join(', ')}`);
    const { effect, amount: fallback, value: takes }: Fault = FAULTS[name];
    const [value, kind] = name === 'bad' ? (part.value?.split(':') ?? []) : [part.value];
    if (kind !== undefined && !isBadKind(kind)) {
      throw fail(`has an unknown kind of bad record; known kinds: ${BAD_KINDS.join(', ')}`);
    }
    const amount = readFaultAmount({ name, value }, takes, fallback, fail);
    return { name, effect, value: part.value ?? '', amount, badKind: kind ?? null, path, times };
  });
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}

function fault(
  effect: FaultEffect,
  value: Fault['value'],
  amount: number | null,
  usage: string,
  help: string,
): Fault {
  return { effect, value, amount, usage, help };
}
