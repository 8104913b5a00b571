import { BAD_KINDS, isBadKind, type BadKind } from './bad-records.ts';
import { FAULT_LIST_HELP, parseFaultList, readFaultAmount, type FaultValue } from './fault-grammar.ts';

/**
 * What a fault does: delays a response, answers in place of the API, changes the records, or damages how a body is
 * sent.
 */
export type FaultEffect = 'wait' | 'answer' | 'content' | 'sending';

export type FaultSpec = {
  readonly name: FaultName;
  readonly effect: FaultEffect;
  /** As written; '' if none was. */
  readonly value: string;
  /** The number in the value, or its default. */
  readonly amount: number;
  /** For `bad`: the only kind to use. */
  readonly badKind: BadKind | null;
  /** Only for paths that contain this text; every path contains ''. */
  readonly path: string;
  /** Only for this number of requests. */
  readonly times: number;
};

type Fault = {
  readonly effect: FaultEffect;
  readonly value: FaultValue;
  /** The default if no value is written; null: a value is required. */
  readonly amount: number | null;
  readonly usage: string;
  readonly help: string;
};

const FAULTS = {
  late: fault('wait', 'count', 1000, 'late[=MS]', 'a wait before anything is sent (1000)'),
  429: fault('answer', 'retry-after', 0, '429[=RETRY-AFTER]', 'too many requests; seconds or an HTTP date'),
  status: fault('answer', 'status', null, 'status=CODE', 'any 4xx or 5xx'),
  challenge: fault('answer', 'none', 0, 'challenge', '403 with an HTML page that requires a browser'),
  html: fault('answer', 'none', 0, 'html', '200 with an HTML page'),
  object: fault('answer', 'none', 0, 'object', '200 with a JSON object instead of the array'),
  empty: fault('answer', 'none', 0, 'empty', '200 with []'),
  reset: fault('answer', 'none', 0, 'reset', 'the connection breaks before the response'),
  stall: fault('answer', 'none', 0, 'stall', '200 and its headers, then nothing'),
  hang: fault('answer', 'none', 0, 'hang', 'no response, ever'),
  'wrong-type': fault('sending', 'none', 0, 'wrong-type', 'the right body as text/plain'),
  'reset-body': fault(
    'sending',
    'count',
    1000,
    'reset-body[=BYTES]',
    'the connection breaks partway through the body (1000)',
  ),
  truncate: fault('sending', 'count', 1000, 'truncate[=BYTES]', 'the body ends early, but cleanly (1000)'),
  slow: fault('sending', 'count', 100, 'slow[=MS]', 'a wait before each 64 kB (100)'),
  bad: fault('content', 'share', null, 'bad=SHARE[:KIND]', 'this share of the records breaks its contract'),
  gone: fault('content', 'share', null, 'gone=SHARE', 'this share of the records is missing'),
  pretty: fault('content', 'none', 0, 'pretty', 'indented JSON'),
  bom: fault('content', 'none', 0, 'bom', 'a byte order mark first'),
  crlf: fault('content', 'none', 0, 'crlf', 'lines that end in CR LF'),
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS extends infer K ? (K extends number ? `${K}` : K) : never;

/** A request header with faults that replace those that the sandbox was started with. */
export const FAULTS_HEADER = 'sandbox-faults';

export const FAULTS_HELP = [
  ...FAULT_LIST_HELP,
  '',
  ...Object.values(FAULTS).map(({ usage, help }) => `  ${usage.padEnd(20)} ${help}`),
  '',
  'A SHARE is between 0 and 1; the same records are hit each time. KIND is one of',
  ...BAD_KINDS.map((kind) => `  ${kind}`),
  'Of the faults that supply the response (429 to hang), a request gets only the first that is not used up.',
  `A request can have faults of its own in the header ${FAULTS_HEADER}; then only those apply to it.`,
].join('\n');

/** Throws PipelineError `usage` at the first part that is wrong. */
export function parseFaults(spec: string): readonly FaultSpec[] {
  return parseFaultList(spec, (part, fail) => {
    const { name, path, times } = part;
    if (!isFaultName(name))
      throw fail(`is not a known fault; known faults: ${Object.keys(FAULTS).join(', ')}`);
    const { effect, amount: fallback, value: takes }: Fault = FAULTS[name];
    const [value, kind] = name === 'bad' ? (part.value?.split(':') ?? []) : [part.value];
    if (kind !== undefined && !isBadKind(kind)) {
      throw fail(`has an unknown kind of record; known kinds: ${BAD_KINDS.join(', ')}`);
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
