import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { LoadedSource } from '../../config/for-source.ts';
import { PipelineError } from '../../core/errors.ts';
import { fileFailure } from '../../lib/file-failure.ts';
import { maskUrl } from '../../lib/mask-url.ts';
import { openSource, type SourceDeps } from '../source.ts';

/** A record with an id, which its rows use as their key. */
export type Sample = Readonly<Record<string, unknown>> & { readonly id: string };

type Samples = { readonly shape: 'array' | 'object'; readonly records: readonly Sample[] };

/** Reads samples from a URL or a file. */
export async function readSamples(
  from: string,
  cwd: string,
  loaded: LoadedSource,
  deps: SourceDeps,
): Promise<Samples> {
  const text = isUrl(from) ? await fetchText(from, loaded, deps) : await fileText(from, cwd);
  return parseSamples(maskUrl(from), text);
}

export function isUrl(from: string): boolean {
  return /^https?:/i.test(from) && URL.canParse(from);
}

/**
 * Throws `usage` if the text is not a JSON record or list of records, or if a record has no id that its rows can use.
 */
function parseSamples(from: string, text: string): Samples {
  const refuse = (reason: string, hint: string, cause?: unknown): PipelineError =>
    new PipelineError(`Cannot draft a resource from ${from}: ${reason}`, { code: 'usage', hint, cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse('it is not JSON', WANTED, error);
  }
  const records: readonly unknown[] = Array.isArray(value) ? value : [value];
  const odd = records.find((one) => typeof one !== 'object' || one === null || Array.isArray(one));
  if (records.length === 0) throw refuse('its list is empty', WANTED);
  if (odd !== undefined) throw refuse(`${JSON.stringify(odd).slice(0, 40)} is not an object`, WANTED);
  const objects = records as readonly Readonly<Record<string, unknown>>[];
  const nameless = objects.filter(({ id }) => typeof id !== 'string' || id.trim() === '').length;
  if (nameless === 0)
    return { shape: Array.isArray(value) ? 'array' : 'object', records: records as Sample[] };
  const list = Object.entries(Array.isArray(value) ? {} : (objects[0] ?? {})).find(([, one]) =>
    Array.isArray(one),
  );
  throw refuse(
    `${nameless} of ${records.length} records lack a string "id"`,
    list === undefined
      ? 'Each record needs a string "id" that is not blank, which becomes the key of its row.'
      : `If the records are in ${JSON.stringify(list[0])}, write that list to a file and pass the file to --from.`,
  );
}

const WANTED = 'Set --from to a URL or file that contains a JSON list of records or a single record.';

/** The origin, including any login, and the path, including the query. */
export function partsOf(url: string): { readonly base: string; readonly path: string } {
  const base = new URL(url);
  const path = `${base.pathname}${base.search}`;
  Object.assign(base, { pathname: '', search: '', hash: '' });
  return { base: base.href.replace(/\/$/, ''), path };
}

async function fileText(from: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, from), 'utf8');
  } catch (error) {
    throw new PipelineError(`Cannot read samples from ${from}: ${fileFailure(error).text}`, {
      code: 'usage',
      hint: WANTED,
      cause: error,
    });
  }
}

/** Sends the request the way a run does: with the same proxies, certificates, timeouts and retries. */
async function fetchText(from: string, loaded: LoadedSource, deps: SourceDeps): Promise<string> {
  const { base, path } = partsOf(from);
  const source = await openSource(loaded, { from: base, asOf: null, orSandbox: false }, deps);
  try {
    const { signal } = deps;
    const reason = await source.upstream.reach(signal);
    if (reason !== null)
      throw new PipelineError(`Cannot reach ${maskUrl(base)}: ${reason}`, {
        code: 'source',
        hint: 'Check the URL and the network, or pass a file to --from.',
      });
    const nothing = (): void => undefined;
    const request = { resource: 'samples', path, kept: null, onRetry: nothing, onTried: nothing };
    const tries = source.upstream.open(request, signal);
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await tries.next()).body) chunks.push(chunk);
    tries.end();
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    await source.close();
  }
}
