import { MODES, type Mode } from './modes.ts';
import type { Listed } from './world.ts';

/** A parsed request for launches. */
export type Query = {
  readonly mode: Mode;
  readonly limit: number;
  readonly offset: number;
  readonly ordering: readonly Order[];
  readonly wanted: (launch: Listed) => boolean;
};

export type Order = { readonly field: OrderField; readonly descending: boolean };
export type OrderField = (typeof ORDER_FIELDS)[number];

/** The errors for each parameter, for the body of a 400 response. */
export type QueryErrors = Readonly<Record<string, readonly string[]>>;

type Filter = { readonly wanted: (launch: Listed) => boolean } | { readonly error: string };

const ORDER_FIELDS = ['id', 'last_updated', 'name', 'net'] as const;
const DEFAULT_LIMIT = 10;
const MOST = 100;
const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const TIME =
  /^(?<day>\d{4}-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?<zone>Z|[+-]\d\d:?\d\d)?)?$/;

const FILTERS: Readonly<Record<string, (value: string) => Filter>> = {
  id: byIds,
  lsp__id: byProviders,
  last_updated__gte: (value) => byTime(value, ({ updated }, time) => updated >= time),
  last_updated__lte: (value) => byTime(value, ({ updated }, time) => updated <= time),
};

/** Parses a query as Django REST Framework does: ignores unknown parameters and invalid limits and orderings. */
export function readQuery(
  params: URLSearchParams,
): { readonly query: Query } | { readonly errors: QueryErrors } {
  const errors: Record<string, readonly string[]> = {};
  const filters: ((launch: Listed) => boolean)[] = [];
  for (const [name, read] of Object.entries(FILTERS)) {
    const value = params.getAll(name).at(-1) ?? '';
    if (value === '') continue;
    const filter = read(value);
    if ('error' in filter) errors[name] = [filter.error];
    else filters.push(filter.wanted);
  }
  const mode = readMode(params.get('mode'));
  if (mode === null) {
    errors['mode'] = [`Select a valid choice. ${params.get('mode')} is not one of the available choices.`];
  }
  if (mode === null || Object.keys(errors).length > 0) return { errors };
  const query = {
    mode,
    limit: Math.min(MOST, wholeNumber(params.get('limit'), 1) ?? DEFAULT_LIMIT),
    offset: wholeNumber(params.get('offset'), 0) ?? 0,
    ordering: readOrdering(params.get('ordering') ?? ''),
    wanted: (launch: Listed) => filters.every((wanted) => wanted(launch)),
  };
  return { query };
}

function readMode(text: string | null): Mode | null {
  return text === null ? 'normal' : (MODES.find((mode) => mode === text) ?? null);
}

function wholeNumber(text: string | null, least: number): number | null {
  return text !== null && /^\d{1,15}$/.test(text) && Number(text) >= least ? Number(text) : null;
}

function readOrdering(text: string): readonly Order[] {
  return text.split(',').flatMap((part) => {
    const [, minus, name] = /^(-?)(.*)$/.exec(part.trim()) ?? [];
    const field = ORDER_FIELDS.find((one) => one === name);
    return field === undefined ? [] : [{ field, descending: minus === '-' }];
  });
}

function byIds(value: string): Filter {
  const ids = value.split(',').map((id) => id.trim());
  const wrong = ids.find((id) => !UUID.test(id));
  if (wrong !== undefined) return { error: `“${wrong}” is not a valid UUID.` };
  const plain = new Set(ids.map(withoutDashes));
  return { wanted: ({ id }) => plain.has(withoutDashes(id)) };
}

function withoutDashes(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}

function byProviders(value: string): Filter {
  const ids = value.split(',').map((id) => id.trim());
  if (!ids.every((id) => /^-?\d+$/.test(id))) return { error: 'Enter a number.' };
  const numbers = new Set(ids.map(Number));
  return { wanted: ({ provider }) => provider !== null && numbers.has(provider) };
}

function byTime(value: string, compare: (launch: Listed, time: number) => boolean): Filter {
  const { day, time = '00:00', zone = 'Z' } = TIME.exec(value)?.groups ?? {};
  const bound = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(bound)
    ? { error: 'Enter a valid date/time.' }
    : { wanted: (launch) => compare(launch, bound) };
}
