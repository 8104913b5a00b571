import { parseFaultList, readFaultAmount, type FaultPart, type FaultValue } from '../fault-grammar.ts';

/**
 * What a fault does: delays the response, replaces it, changes where a capture redirects or what it replays, changes
 * the body, its ETag or its encoding, or damages the way it is sent.
 */
type WaybackEffect = 'wait' | 'answer' | 'redirect' | 'replay' | 'content' | 'proof' | 'encoding' | 'sending';

export type WaybackFault = Pick<FaultPart, 'path' | 'times'> & {
  readonly name: WaybackFaultName;
  readonly effect: WaybackEffect;
  /** The value as written; '' if there is none. */
  readonly value: string;
  /** The number in the value, or its default. */
  readonly amount: number;
};

/** Returns the fault with this name for a path, even if it is used up. */
export type FindFault = (name: WaybackFaultName, path: string) => WaybackFault | undefined;

type Kind = {
  readonly effect: WaybackEffect;
  readonly takes: FaultValue;
  /** The default if there is no value; null if a value is required. */
  readonly amount: number | null;
  readonly usage: string;
  readonly help: string;
};

const FAULTS = {
  late: kind('wait', 'late[=MS]', 'a wait before anything is sent (1000)', 'count', 1000),
  429: kind('answer', '429[=RETRY-AFTER]', 'the archive rejects further requests', 'retry-after', 0),
  status: kind('answer', 'status=CODE', 'an error from the archive itself, such as 503', 'status'),
  missing: kind('answer', 'missing', '404: no such capture, row or recording'),
  blocked: kind('answer', 'blocked', '403: the site is blocked'),
  'blocked-page': kind('answer', 'blocked-page', '200 with a page that reports the site as blocked'),
  reset: kind('answer', 'reset', 'the connection breaks before the response'),
  hang: kind('answer', 'hang', 'no response, and the connection stays open'),
  moved: kind('redirect', 'moved', 'a capture redirects to one that was taken a few seconds later'),
  loop: kind('redirect', 'loop', 'two captures redirect to each other'),
  'plain-http': kind('redirect', 'plain-http', 'a capture redirects to its own URL with http and port 80'),
  'other-url': kind(
    'redirect',
    'other-url',
    'a capture redirects to a capture of a different path, with status 200 and JSON',
  ),
  replayed: kind('replay', 'replayed=CODE', 'the captured response is a redirect or an error', 'replayed'),
  'error-page': kind('replay', 'error-page', 'the captured response is an HTML page with status 200'),
  'no-memento': kind('replay', 'no-memento', "the captured body without a capture's headers"),
  'no-body': kind('content', 'no-body', 'an empty body'),
  truncate: kind(
    'content',
    'truncate[=BYTES]',
    'the body ends early, but the connection closes normally (half)',
    'count',
    0,
  ),
  altered: kind('content', 'altered', 'different bytes with a matching ETag'),
  'wrong-etag': kind('proof', 'wrong-etag', 'the ETag of different bytes'),
  'weak-etag': kind('proof', 'weak-etag', 'W/ before the ETag'),
  'foreign-etag': kind('proof', 'foreign-etag', 'an ETag that cannot verify the body'),
  'no-etag': kind('proof', 'no-etag', 'no ETag'),
  binary: kind('encoding', 'binary', 'base64 in a recording although the body is plain ASCII'),
  gzip: kind('encoding', 'gzip', 'compressed, even if not requested'),
  br: kind('encoding', 'br', 'compressed with Brotli, even if not requested'),
  'false-encoding': kind('encoding', 'false-encoding', 'Content-Encoding: gzip with an uncompressed body'),
  'double-encoding': kind('encoding', 'double-encoding', 'Content-Encoding twice: first empty, then gzip'),
  'empty-encoding': kind('encoding', 'empty-encoding', 'an empty Content-Encoding header'),
  'bare-gzip': kind('encoding', 'bare-gzip', 'compressed, but without Content-Encoding'),
  slow: kind('sending', 'slow[=MS]', 'a wait before each 64 kB (100)', 'count', 100),
  stall: kind('sending', 'stall', 'headers, but no body'),
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
  'Faults for preserved copies (--wayback-faults) use the same syntax. Their paths are',
  '  captures/RESOURCE/TIMESTAMP  cdx/RESOURCE  recordings/RESOURCE',
  'so replayed=525@captures/rockets does not affect the recording of rockets.',
  '',
  ...Object.values(FAULTS).map(({ usage, help }) => `  ${usage.padEnd(20)} ${help}`),
].join('\n');

/** Throws PipelineError `usage` for the first invalid part. */
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

/** A kind of fault, by default one that takes no value. */
function kind(
  effect: WaybackEffect,
  usage: string,
  help: string,
  takes: FaultValue = 'none',
  amount: number | null = takes === 'none' ? 0 : null,
): Kind {
  return { effect, takes, amount, usage, help };
}
