import type { CustomTypesConfig } from 'pg';
import { parse as parseArray } from 'postgres-array';

import { isExactNumber, JsonSource, NumberSource } from '../../lib/json-source.ts';

/**
 * How values leave the database, whether it is a server or embedded: safe integers and finite doubles as numbers; other
 * int8, numeric and non-finite doubles as strings; timestamps as ISO 8601 (UTC); json parsed; all other types as
 * PostgreSQL's text.
 */
export const valueParsers = parsersWith(JSON.parse);

/**
 * The same for printed rows, with two differences: json and jsonb stay exactly as PostgreSQL writes them, and numeric
 * is a number if a double can represent it exactly. pg also sends a query's own parsers as the types of its parameters,
 * and PGlite then requires an array.
 */
export const printedParsers: CustomTypesConfig = Object.assign(
  [],
  parsersWith(
    (text) => new JsonSource(text),
    (text) => (isExactNumber(text) ? new NumberSource(text) : text),
  ),
);

type Parse = (text: string) => unknown;

function parsersWith(json: Parse, numeric: Parse = (text) => text): CustomTypesConfig {
  return { getTypeParser: (oid: number) => parserOf(oid, json, numeric) };
}

const ARRAY_ELEMENT: Readonly<Record<number, number>> = {
  1000: 16, // bool
  1005: 21, // int2
  1007: 23, // int4
  1016: 20, // int8
  1021: 700, // float4
  1022: 701, // float8
  1115: 1114, // timestamp
  1185: 1184, // timestamptz
  199: 114, // json
  3807: 3802, // jsonb
  1009: 25, // text
  1015: 1043, // varchar
  1182: 1082, // date
  1231: 1700, // numeric
  2951: 2950, // uuid
  1001: 17, // bytea
  1003: 19, // name
  1014: 1042, // bpchar
  1028: 26, // oid
  1183: 1083, // time
  1187: 1186, // interval
  1270: 1266, // timetz
};

function parserOf(oid: number, json: Parse, numeric: Parse): Parse {
  const element = ARRAY_ELEMENT[oid];
  if (element !== undefined) {
    const parse = parserOf(element, json, numeric);
    return (text) => parseArray(text, parse);
  }
  switch (oid) {
    case 16:
      return (text) => text === 't' || text === 'true';
    case 20:
      return integer;
    case 21:
    case 23:
    case 26:
      return Number;
    case 700:
    case 701:
      return double;
    case 114:
    case 3802:
      return json;
    case 1700:
      return numeric;
    case 1114:
      return (text) => text.replace(' ', 'T');
    case 1184:
      return timestamptz;
    default:
      return (text) => text;
  }
}

function integer(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

function double(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

/** Sessions use UTC, so the text ends in `+00`. `infinity` and years BC stay as they are. */
function timestamptz(text: string): string {
  return /^\d{4}-.*\+00$/.test(text) ? `${text.slice(0, -3).replace(' ', 'T')}Z` : text;
}
