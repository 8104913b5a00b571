import type { Context, MiddlewareHandler } from 'hono';

import { didYouMean, showFound } from '../config/value.ts';
import { suggest } from '../lib/suggest.ts';
import { Refusal } from './failure.ts';

const MOST_LISTED = 1000;
const DEFAULT_LIMIT = 20;

/** Rejects query parameters that are unknown or appear twice. */
export function onlyParameters(...known: readonly string[]): MiddlewareHandler {
  const hint =
    known.length === 0
      ? 'This path accepts no parameters.'
      : `This path accepts only ${known.join(' and ')}.`;
  return async (context, next) => {
    for (const [name, values] of Object.entries(context.req.queries())) {
      if (!known.includes(name)) {
        const found = `${showFound(name)} with ${showFound(values[0])}`;
        throw new Refusal(
          400,
          `Cannot read the parameter ${found}: it is unknown${didYouMean(suggest(name, known))}`,
          { hint },
        );
      }
      if (values.length > 1)
        throw new Refusal(400, `Cannot read the parameter ${name}: it appears ${values.length} times`, {
          hint: 'Send it only once.',
        });
    }
    await next();
  };
}

/** The maximum number of items. */
export function limitOf({ req }: Context): number {
  const given = req.query('limit');
  if (given === undefined) return DEFAULT_LIMIT;
  const limit = /^\d+$/.test(given) ? Number(given) : 0;
  if (limit >= 1 && limit <= MOST_LISTED) return limit;
  throw new Refusal(
    400,
    `Cannot read the parameter limit: it must be a whole number from 1 to ${MOST_LISTED}, found ${showFound(given)}`,
    { hint: `Send a limit from 1 to ${MOST_LISTED}, or omit it for ${DEFAULT_LIMIT}.` },
  );
}

/** Rejects a body with content, because the content would be ignored. */
export const refuseBody: MiddlewareHandler = async ({ req }, next) => {
  const fault = bodyFault(await req.text());
  if (fault !== null)
    throw new Refusal(400, `Cannot read the body: ${fault}`, { hint: 'Send no body, or {}.' });
  await next();
};

function bodyFault(text: string): string | null {
  if (text === '') return null;
  const body = parse(text);
  if (body === undefined) return 'it is not JSON';
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return `it must be an object, found ${showFound(body)}`;
  const [name] = Object.keys(body);
  return name === undefined ? null : `it has an unknown member ${showFound(name)}`;
}

/** Undefined if it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
