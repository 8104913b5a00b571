import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { LoadedSource } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import { fileOf } from '../core/resource.ts';
import type { Source } from '../core/source.ts';
import { writeFileAtomic } from '../lib/atomic-file.ts';
import { fileFailure } from '../lib/file-failure.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { draftResource } from './draft/draft.ts';
import { camelCase, isName } from './draft/names.ts';
import { isUrl, partsOf, readSamples } from './draft/samples.ts';
import { resourceText, reviewText } from './draft/text.ts';
import type { SourceDeps } from './source.ts';
import type { NewResource } from '../output/documents.ts';

type Edit = {
  readonly file: string;
  readonly text: string;
  /** Null for a new file. */
  readonly before: string | null;
};

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FORMATTER = join(ROOT, 'node_modules', 'oxfmt', 'bin', 'oxfmt');
/** The file that lists the stand-in API's collections made of samples. */
const SAMPLES = 'src/sandbox/collections/samples.ts';
/** The paths under which the stand-in serves samples, and how many it serves for each resource. */
const SERVED = /^\/v4\/(?<collection>[a-z0-9_]+)$/;
const SERVED_SAMPLES = 5;
const MOST_LINES = 400;

/** Drafts a resource from samples of its records. Writes all of its files or none. */
export async function newResource(
  { cwd, from, name }: { readonly cwd: string; readonly from: string; readonly name: string },
  loaded: LoadedSource,
  deps: SourceDeps,
): Promise<NewResource> {
  const { source } = loaded.config;
  const file = fileOf(source.name, name);
  refuse(name, source, file);
  const { records, shape } = await readSamples(from, cwd, loaded, deps);
  const { base, path } = placeOf(from, name, source);
  const resources = [...source.resources.map((one) => one.name), name];
  const draft = draftResource({ name, path, samples: records }, { resources, tables: tablesOf(source) });

  const variable = camelCase(name);
  const edits = [
    { file, text: resourceText(draft, { name, path, shape }), before: null },
    await withEntry(join(dirname(file), 'source.ts'), {
      line: `import ${variable} from './${basename(file)}';`,
      list: /(?<=\bresources: )\[([^\]]*)\]/,
      entry: variable,
    }),
  ];
  const { collection } = SERVED.exec(path)?.groups ?? {};
  const isServed =
    source.hasStandIn && collection !== undefined && !existsSync(join(ROOT, 'src', 'sandbox', source.name));
  if (isServed) {
    const fixture = basename(file, '.ts');
    edits.push(
      {
        file: join(dirname(SAMPLES), `${fixture}.json`),
        text: JSON.stringify(shape === 'array' ? records.slice(0, SERVED_SAMPLES) : records[0]),
        before: null,
      },
      await withEntry(SAMPLES, {
        line: `import ${variable} from './${fixture}.json' with { type: 'json' };`,
        list: /(?<=\bSAMPLES: .* = )\{([^}]*)\}/,
        entry: `${collection}: ${variable}`,
      }),
    );
  }
  const formatted: Edit[] = [];
  for (const edit of edits) formatted.push({ ...edit, text: await format(edit) });
  await writeAll(formatted);
  const named = (isNew: boolean): string[] =>
    edits.filter(({ before }) => (before === null) === isNew).map((edit) => edit.file);
  return {
    resource: name,
    source: source.name,
    samples: records.length,
    tables: draft.tables.map((table) => table.name),
    wrote: named(true),
    changed: named(false),
    review: [...reviewText(draft, base === null, source.hasStandIn ? isServed : null), ...tooLong(formatted)],
    next: [
      `npm run migration ${name}`,
      'npm run docs && npm run check',
      ...(base === null || base !== maskUrl(base)
        ? []
        : [`bin/spacex-pipeline run --source ${source.name} --from ${shellQuote(base)} --resources ${name}`]),
    ],
  };
}

function tooLong(edits: readonly Edit[]): string[] {
  return edits
    .filter(({ file, text }) => file.endsWith('.ts') && text.split('\n').length > MOST_LINES)
    .map(({ file }) => `${file} has more than the ${MOST_LINES} lines that lint allows. Omit some fields.`);
}

/** Throws `usage` if a draft cannot be written here, or not with this name. */
function refuse(name: string, source: Source, file: string): void {
  const because = (reason: string, hint: string): PipelineError =>
    new PipelineError(`Cannot draft resource ${JSON.stringify(name)}: ${reason}`, { code: 'usage', hint });
  if (!existsSync(join(ROOT, 'src', 'sources')))
    throw because(
      'an installed package does not include the source code',
      'Clone the repository and run the command there.',
    );
  if (!existsSync(FORMATTER))
    throw because('oxfmt, which formats the files, is missing', 'npm ci --include=dev');
  if (!isName(name))
    throw because(
      'this is not a valid name for a table and a variable',
      'Use up to 40 lowercase letters, digits and underscores, but no reserved word. Example: launch_events',
    );
  const isWritten = existsSync(join(ROOT, file));
  if (isWritten || tablesOf(source).includes(name))
    throw because(
      `${isWritten ? `the file ${file}` : `a ${source.name} table with this name`} already exists`,
      'Choose a different name, or list the resources: spacex-pipeline resources',
    );
}

function tablesOf({ resources }: Source): string[] {
  return resources.flatMap(({ tables }) => tables.map((table) => table.name));
}

/**
 * The base URL and the path below it. For records from a file, there is no base URL, and the path is guessed from
 * another resource's path.
 */
function placeOf(
  from: string,
  name: string,
  source: Source,
): { readonly base: string | null; readonly path: string } {
  if (!isUrl(from))
    return { base: null, path: (source.resources[0]?.path ?? `/${name}`).replace(/[^/]*\/?$/, name) };
  const { base, path } = partsOf(from);
  const prefix = new URL(source.baseUrl).pathname.replace(/\/$/, '');
  return path.startsWith(`${prefix}/`)
    ? { base: base + prefix, path: path.slice(prefix.length) }
    : { base, path };
}

/** Adds an import to the file, and an entry to the end of a list in it. */
async function withEntry(
  file: string,
  add: { readonly line: string; readonly list: RegExp; readonly entry: string },
): Promise<Edit> {
  const before = await readFile(join(ROOT, file), 'utf8');
  const [list, entries = ''] = add.list.exec(before) ?? [];
  if (list === undefined)
    throw new PipelineError(`Cannot add ${add.entry} to ${file}: the list to extend is missing`, {
      code: 'internal',
    });
  const all = [entries.trim().replace(/,$/, ''), add.entry].filter(Boolean).join(', ');
  const text = before.replace(add.list, () => `${list.at(0)}${all}${list.at(-1)}`);
  return {
    file,
    before,
    text: text.replace(/^(?:import [^;]*;\n)*/, (imports) => `${imports}${add.line}\n`),
  };
}

/** Formats the text like `npm run format`. */
async function format({ file, text }: Edit): Promise<string> {
  const { promise, reject, resolve } = Promise.withResolvers<string>();
  const args = [FORMATTER, `--stdin-filepath=${file}`];
  const child = execFile(process.execPath, args, { cwd: ROOT }, (error, stdout) => {
    if (error === null) resolve(stdout);
    else
      reject(
        new PipelineError(`Cannot format ${file}: ${error.message}`, { code: 'internal', cause: error }),
      );
  });
  child.stdin?.on('error', () => undefined).end(text);
  return promise;
}

async function writeAll(edits: readonly Edit[]): Promise<void> {
  const written: Edit[] = [];
  try {
    for (const edit of edits) {
      await writeFileAtomic(join(ROOT, edit.file), edit.text);
      written.push(edit);
    }
  } catch (error) {
    for (const { before, file } of written)
      await (before === null ? rm(join(ROOT, file)) : writeFileAtomic(join(ROOT, file), before));
    throw new PipelineError(`Cannot write the draft: ${fileFailure(error).text}`, {
      code: 'usage',
      cause: error,
      hint: 'Nothing was changed. Check that this user can write to src/.',
    });
  }
}
