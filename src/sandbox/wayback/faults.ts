import { parseFaultList, readFaultAmount, type FaultPart, type FaultValue } from '../fault-grammar.ts';

/**
 * What a fault does: delays a response, answers in place of the archive, changes where a capture redirects or what it
 * replays, changes the body, its proof or its encoding, or damages how it is sent.
 */
type WaybackEffect = 'wait' | 'answer' | 'redirect' | 'replay' | 'content' | 'proof' | 'encoding' | 'sending';

export type WaybackFault = Pick<FaultPart, 'path' | 'times'> & {
  readonly name: WaybackFaultName;
  readonly effect: WaybackEffect;
  /** As written; '' if none was. */
  readonly value: string;
  /** The number in the value, or its default. */
  readonly amount: number;
};

/** The fault of this name for a path, whether used up or not. */
export type FindFault = (name: WaybackFaultName, path: string) => WaybackFault | undefined;

type Kind = {
  readonly effect: WaybackEffect;
  readonly takes: FaultValue;
  /** The default if no value is written; null: a value is required. */
  readonly amount: number | null;
  readonly usage: string;
  readonly help: string;
};

const FAULTS = {
  late: kind('wait', 'late[=MS]', 'a wait before anything is sent (1000)', 'count', 1000),
  429: kind('answer', '429[=RETRY-AFTER]', 'the archive refuses more requests', 'retry-after', 0),
  status: kind('answer', 'status=CODE', "an error of the archive's own, such as 503", 'status'),
  missing: kind('answer', 'missing', '404: no such capture, row or recording'),
  blocked: kind('answer', 'blocked', '403: the site is blocked'),
  'blocked-page': kind('answer', 'blocked-page', '200 with a page that says so'),
  reset: kind('answer', 'reset', 'the connection breaks before the response'),
  hang: kind('answer', 'hang', 'no response, ever'),
  moved: kind('redirect', 'moved', 'a capture redirects to another one, seconds later'),
  loop: kind('redirect', 'loop', 'two captures redirect to each other'),
  'plain-http': kind('redirect', 'plain-http', 'a capture redirects to one with http and port 80'),
  'other-url': kind(
    'redirect',
    'other-url',
    'a capture redirects to one of another path, with status 200 and JSON',
  ),
  replayed: kind('replay', 'replayed=CODE', 'what was captured is a redirect or an error', 'replayed'),
  'error-page': kind('replay', 'error-page', 'what was captured is a page, with status 200'),
  'no-memento': kind('replay', 'no-memento', 'the captured body, without the headers of a capture'),
  'no-body': kind('content', 'no-body', 'an empty body'),
  truncate: kind('content', 'truncate[=BYTES]', 'the body ends early, but cleanly (half of it)', 'count', 0),
  altered: kind('content', 'altered', 'other bytes, with their own ETag'),
  'wrong-etag': kind('proof', 'wrong-etag', 'the ETag of other bytes'),
  'weak-etag': kind('proof', 'weak-etag', 'W/ before the ETag'),
  'foreign-etag': kind('proof', 'foreign-etag', 'an ETag that proves nothing'),
  'no-etag': kind('proof', 'no-etag', 'no ETag'),
  binary: kind('encoding', 'binary', 'base64 in a recording that is plain ASCII'),
  gzip: kind('encoding', 'gzip', 'compressed, even if not requested'),
  br: kind('encoding', 'br', 'the same with Brotli'),
  'false-encoding': kind('encoding', 'false-encoding', 'Content-Encoding: gzip before a plain body'),
  'double-encoding': kind('encoding', 'double-encoding', 'Content-Encoding twice: once empty, once gzip'),
  'empty-encoding': kind('encoding', 'empty-encoding', 'Content-Encoding without a value'),
  'bare-gzip': kind('encoding', 'bare-gzip', 'gzip without Content-Encoding'),
  slow: kind('sending', 'slow[=MS]', 'a wait before each 64 kB (100)', 'count', 100),
  stall: kind('sending', 'stall', 'headers, then nothing'),
  'reset-body': kind(
    'sending',
    'reset-body[=BYTES]',
    'the connection breaks partway through the body (1000)',
    'count',
    1000,
  ),
} as const satisfies Record<string, Kind>;

export type WaybackFaultName = keyof typeof FAULTS extends infer K ? (K extends number ? `${K}` : K) : never;

export const WAYBACK_FAULTS_HELP = [
  'Faults of preserved copies (--wayback-faults) are a list of the same form. Their paths are',
  '  captures/RESOURCE/TIMESTAMP  cdx/RESOURCE  recordings/RESOURCE',
  'so that replayed=525@captures/rockets leaves the recording of rockets as it is.',
  '',
  ...Object.values(FAULTS).map(({ usage, help }) => `  ${usage.padEnd(20)} ${help}`),
].join('\n');

/** Throws PipelineError `usage` at the first part that is wrong. */
export function parseWaybackFaults(spec: string): readonly WaybackFault[] {
  return parseFaultList(spec, (part, fail) => {
    const { name, path, times, value = '' } = part;
    if (!isName(name)) throw fail(`is not a known fault; known faults: ${Object.keys(FAULTS).join(', ')}`);
    const { effect, amount, takes }: Kind = FAULTS[name];
    return { name, effect, value, amount: readFaultAmount(part, takes, amount, fail), path, times };
  });
}

function isName(name: string): name is WaybackFaultName {
  return Object.hasOwn(FAULTS, name);
}

/** By default without a value. */
function kind(
  effect: WaybackEffect,
  usage: string,
  help: string,
  takes: FaultValue = 'none',
  amount: number | null = takes === 'none' ? 0 : null,
): Kind {
  return { effect, takes, amount, usage, help };
}
