import { PipelineError } from '../core/errors.ts';

/** A fault from the list, as written. */
export type FaultPart = {
  readonly text: string;
  readonly name: string;
  /** Undefined if there is no value. */
  readonly value: string | undefined;
  /** Applies only to paths that contain this text; every path contains ''. */
  readonly path: string;
  /** Applies only to this number of requests. */
  readonly times: number;
};

export type FaultValue = 'none' | 'count' | 'share' | 'status' | 'replayed' | 'retry-after';

export const FAULT_LIST_HELP = [
  'Faults are a comma-separated list: NAME[=VALUE][@TEXT][xN],…',
  '  @TEXT  only for paths that contain TEXT, such as 429@launches',
  '  xN     only for the first N requests that match, such as status=503x2',
];

const VALUES: Readonly<Record<FaultValue, string>> = {
  none: 'no value',
  count: 'a whole number, 0 or more',
  share: 'a number from 0 to 1',
  status: 'a status from 400 to 599',
  replayed: 'a status from 300 to 599',
  'retry-after': 'seconds or an HTTP date, such as "Wed, 21 Oct 2015 07:28:00 GMT"',
};

/** Does not match the comma in `429=Wed, 21 Oct 2015 07:28:00 GMT`. */
const SEPARATOR = /(?<!=(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)),/;
const PART = /^(?<name>[^=@]+?)(?:=(?<value>[^@]*?))?(?:@(?<path>.*?))?(?:x(?<times>\d+))?$/;
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Throws PipelineError `usage` for the first invalid part. */
export function parseFaultList<T>(
  spec: string,
  read: (part: FaultPart, fail: (reason: string) => PipelineError) => T,
): readonly T[] {
  if (spec.trim() === '') return [];
  return spec.split(SEPARATOR).map((raw) => {
    const text = raw.trim();
    const fail = (reason: string): PipelineError =>
      new PipelineError(`Cannot read the faults ${JSON.stringify(spec)}: ${JSON.stringify(text)} ${reason}`, {
        code: 'usage',
      });
    const { name = '', value, path, times } = PART.exec(text)?.groups ?? {};
    if (path === '') throw fail('has no text after @; add part of a path');
    if (times !== undefined && Number(times) < 1) throw fail('does not apply to any request; use x1 or more');
    const part = {
      text,
      name,
      value,
      path: path ?? '',
      times: times === undefined ? Infinity : Number(times),
    };
    return read(part, fail);
  });
}

/** The number in a value, or the default if there is no value. Throws the error from `fail` if the value is invalid. */
export function readFaultAmount(
  { name, value }: Pick<FaultPart, 'name' | 'value'>,
  takes: FaultValue,
  fallback: number | null,
  fail: (reason: string) => PipelineError,
): number {
  const amount = value === undefined ? fallback : readAmount(value, takes);
  if (amount === null) throw fail(`is not valid; ${name} takes ${VALUES[takes]}`);
  return amount;
}

/** Returns null if the text is not of this type. */
function readAmount(text: string, takes: FaultValue): number | null {
  if (takes === 'none') return null;
  if (takes === 'retry-after' && HTTP_DATE.test(text)) return Number.isNaN(Date.parse(text)) ? null : 0;
  if (!(takes === 'share' ? /^\d*\.?\d+$/ : /^\d{1,9}$/).test(text)) return null;
  const amount = Number(text);
  const [least, most] = BOUNDS[takes];
  return amount >= least && amount <= most ? amount : null;
}

const BOUNDS: Readonly<Record<Exclude<FaultValue, 'none'>, readonly [least: number, most: number]>> = {
  count: [0, Infinity],
  share: [0, 1],
  status: [400, 599],
  replayed: [300, 599],
  'retry-after': [0, Infinity],
};
