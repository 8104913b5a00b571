import type { Schema } from '../core/schema.ts';

import { isStorableText } from '../core/formats.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { serverUrlFault } from '../lib/server-url.ts';
import { suggest } from '../lib/suggest.ts';

type Format = {
  /** Omitted if the pattern in the schema is sufficient. */
  readonly accepts?: (value: string) => boolean;
  /** What a value must be. A function can tailor this to the value found. */
  readonly expected: string | ((value: unknown) => string);
  /** Known words, to suggest in place of a mistyped one. */
  readonly words?: readonly string[];
};

/** Where a run's records can come from, besides base URLs. */
export const ADDRESSES = ['archive', 'live', 'sandbox'] as const;

/** Rules for text that a pattern alone cannot express. */
export const FORMATS: Readonly<Record<string, Format>> = {
  'http-url': {
    accepts: isHttpUrl,
    expected: 'an http:// or https:// URL without a query',
  },
  'http-url-or-empty': {
    accepts: (value) => value === '' || isHttpUrl(value),
    expected: 'an http:// or https:// URL without a query, or empty',
  },
  'postgres-url': {
    accepts: (value) => serverUrlFault(value) === null,
    expected: (value) => serverUrlFault(typeof value === 'string' ? value : '') ?? '',
  },
  'proxy-url': {
    accepts: (value) => isProxyUrl(withScheme(value)),
    expected: 'an http:// or https:// URL without a path, or host:port',
  },
  hosts: { accepts: (value) => !/\p{Cc}/u.test(value), expected: 'host names separated by commas' },
  'schema-name': {
    accepts: (value) => isStorableText(value) && Buffer.byteLength(value) <= 63,
    expected:
      'a name of 1 to 63 bytes that does not start with pg_ and is not pg, information_schema or $user',
  },
  host: { accepts: (value) => /^[^\s/]+$/.test(value), expected: 'a host name or address' },
  secret: {
    accepts: (value) => /^[\x21-\x7E]{16,}$/.test(value),
    expected: 'at least 16 ASCII characters without spaces',
  },
  'id-or-all': {
    expected: 'an id as a string, or all',
    words: ['all'],
  },
  'queue-schema': {
    expected: 'a name of at most 50 lowercase letters, digits and _ that does not start with pg_',
  },
  'job-name': {
    expected: 'a name of at most 60 letters, digits, ., _ and - that starts with a letter or digit',
  },
  cron: { accepts: isFilled, expected: 'a cron expression with five fields, or null' },
  'time-zone': { accepts: isFilled, expected: 'a time zone such as Europe/Berlin' },
  address: {
    accepts: isValidAddress,
    expected: `${ADDRESSES.join(', ')} or an http:// or https:// URL without a query`,
    words: ADDRESSES,
  },
  path: { accepts: (value) => value !== '' && !value.includes('\0'), expected: 'a folder path' },
};

export function isValidAddress(value: string): boolean {
  return ADDRESSES.some((word) => word === value) || isHttpUrl(value) || /^archive@./i.test(value);
}

function isFilled(value: string): boolean {
  return value.trim() !== '';
}

/** Returns the URL of a proxy. Adds the scheme if only host and port are given, as curl does. */
export function withScheme(proxy: string): string {
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

export function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s?#]+$/i.test(text) && URL.canParse(text);
}

function isProxyUrl(text: string): boolean {
  return isHttpUrl(text) && new URL(text).pathname === '/';
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

/**
 * Parses the text of a variable or flag as a value of the schema; returns the text itself if it cannot be parsed as
 * such a value.
 */
export function readText(schema: Schema, text: string): unknown {
  const types = typesOf(schema);
  const word = text.trim().toLowerCase();
  if (types.includes('number') || types.includes('integer')) return NUMBER.test(word) ? Number(word) : text;
  if (types.includes('boolean')) return Object.hasOwn(WORDS, word) ? WORDS[word] : text;
  if (types.includes('array')) {
    const names = text.split(',').map((name) => name.trim());
    return word === 'all' ? null : names.filter((name) => name !== '');
  }
  if (types.includes('object')) return parsedJson(text);
  return text;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Describes what the schema requires of a value that violates it: `a number above 0 and at most 1000`. */
export function expectation(schema: Readonly<Record<string, unknown>>, found: unknown): string {
  const { format, enum: choices } = schema;
  const ownFormat = typeof format === 'string' ? FORMATS[format] : undefined;
  if (ownFormat !== undefined) {
    return typeof ownFormat.expected === 'string' ? ownFormat.expected : ownFormat.expected(found);
  }
  if (Array.isArray(choices)) return `one of ${choices.join(', ')}`;
  const types = typesOf(schema);
  if (types.includes('boolean')) return 'true or false';
  if (types.includes('integer')) return `a whole number ${range(schema)}`;
  if (types.includes('number')) return `a number ${range(schema)}`;
  if (types.includes('array')) return 'a list of distinct names, or null for all';
  return types.includes('object') ? 'an object' : 'a name';
}

/** The known word that an invalid value was most likely meant to be; null if there is none. */
export function similarWord(schema: Readonly<Record<string, unknown>>, found: unknown): string | null {
  const { format, enum: choices } = schema;
  const words = typeof format === 'string' ? FORMATS[format]?.words : choices;
  if (typeof found !== 'string' || !Array.isArray(words)) return null;
  const names: string[] = words.filter((word) => typeof word === 'string');
  return suggest(found, names);
}

/** A suggestion for the end of a message. */
export function didYouMean(candidate: string | null): string {
  return candidate === null ? '' : `; did you mean ${JSON.stringify(candidate)}?`;
}

function typesOf({ type }: Readonly<Record<string, unknown>>): unknown[] {
  return [type].flat();
}

function range({ exclusiveMinimum, minimum, maximum }: Readonly<Record<string, unknown>>): string {
  const above =
    exclusiveMinimum === undefined ? null : `above ${JSON.stringify(exclusiveMinimum)} and at most`;
  return `${above ?? `from ${JSON.stringify(minimum)} to`} ${JSON.stringify(maximum)}`;
}

const SHOWN_CHARACTERS = 80;

/** Formats an invalid value for a message: on one line, truncated, and without the password of a mistyped URL. */
export function showFound(value: unknown, { format }: Schema = {}): string {
  if (format === 'secret' && typeof value === 'string') return `${value.length} characters`;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return 'an object';
  const text = JSON.stringify(typeof value === 'string' ? maskUrl(value) : value) ?? String(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
