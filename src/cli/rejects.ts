import { Option } from 'commander';
import stringWidth from 'fast-string-width';

import { findRun, resolveRun, rejectsOf } from '../app/history.ts';
import {
  rejectLines,
  REJECT_STATUSES,
  showReject,
  waiveReject,
  type RejectStatus,
  type ShownReject,
} from '../app/rejects.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import { counted } from '../core/text.ts';
import { unknownResource } from '../engine/dag.ts';
import { locate } from '../lib/json-locate.ts';
import { suggest } from '../lib/suggest.ts';
import { escapeControls } from '../lib/text-table.ts';
import { ago } from '../core/duration.ts';
import { configsOf, openContext, type CommandContext } from './context.ts';
import { integerOption, resourcesOption, RUN_ID } from './options.ts';
import { printItems, printJson, printLine, printResult } from './print.ts';
import { example, type Register } from './command.ts';
import { openToRead } from './read-folder.ts';
import type { Reject, RejectLine } from '../output/records.ts';

export const register: Register = (program, streams) => {
  const rejects = program
    .command('rejects')
    .description('list records that broke their contract and were set aside')
    .addHelpText('after', example('rejects list', 'rejects list --status open'));
  resourcesOption(
    rejects.command('list', { isDefault: true }),
    'only rejects of these resources, separated by commas',
  )
    .description("list a run's rejects with every reason; with --status, list rejects from the ledger")
    .argument('[run]', `${RUN_ID} (default: the newest)`)
    .addOption(
      new Option(
        '--status <status>',
        'list rejects with this status from the ledger (by default, from all runs)',
      ).choices([...REJECT_STATUSES, 'all']),
    )
    .option('--limit <n>', 'the maximum number of records', integerOption, 100)
    .addHelpText('after', example('rejects list --limit 10', 'rejects list --json'))
    .action(async (id: string | undefined, options: ListOptions, command) => {
      const context = await openToRead(streams, command);
      if (id !== undefined) refuseMistyped(id);
      const resources = knownNames(context, options.resources);
      if (options.status !== undefined) {
        const runId = id === undefined ? null : (await runOf(context, id)).run_id;
        const status = options.status === 'all' ? null : options.status;
        const filter = { status, resources, runId, limit: options.limit };
        const lines = await rejectLines(configsOf(context), filter, context);
        printResult(context, lines, printLines);
        return;
      }
      const { config, run_id } = await runOf(context, id ?? null);
      const found: Reject[] = [];
      for await (const reject of rejectsOf(config, run_id ?? '', resources)) {
        if (found.length >= options.limit) break;
        found.push(reject);
      }
      printResult(context, found, () => {
        if (found.length === 0) printLine(context, `Run ${run_id} did not set aside any records.`);
        else printRejects(context, found);
      });
    });
  resourcesOption(rejects.command('show'), 'only rejects of these resources, separated by commas')
    .description('show a record as it was received, and where it breaks the contract')
    .argument('<id>', 'id of the record')
    .addHelpText('after', example('rejects show 5eb87cd9ffd86e000604b32a'))
    .action(async (id: string, options: { resources?: readonly string[] }, command) => {
      const context = await openToRead(streams, command);
      const found = await showReject(configsOf(context), id, knownNames(context, options.resources), context);
      if (context.json) {
        printJson(
          context,
          found.map(({ bytes, ...line }) => ({ ...line, record: bytes?.toString('utf8') ?? null })),
        );
      } else for (const reject of found) printReject(context, reject);
    });
  resourcesOption(rejects.command('waive'), 'only rejects of these resources, separated by commas')
    .description('accept a record as it is, with a reason')
    .argument('<id>', 'id of the record')
    .requiredOption('--reason <text>', 'the reason')
    .addHelpText('after', example('rejects waive 5eb87cd9ffd86e000604b32a --reason "never flew"'))
    .action(async (id: string, options: { reason: string; resources?: readonly string[] }, command) => {
      const context = await openContext(streams, command);
      const request = { id, reason: options.reason, resources: knownNames(context, options.resources) };
      const waived = await waiveReject(configsOf(context), request, context);
      printResult(context, { id, waived }, () =>
        printLine(context, `Waived ${counted(waived, 'reject')} for record ${id}.`),
      );
    });
};

/** Throws `usage` for a mistyped command, because any word that is not a command is treated as a run. */
function refuseMistyped(word: string): void {
  const meant = /^[0-9a-f-]+$|^latest$/.test(word) ? null : suggest(word, ['list', 'show', 'waive']);
  if (meant === null) return;
  throw new PipelineError(
    `Cannot read the command line: unknown command '${word}' (Did you mean ${meant}?)`,
    { code: 'usage' },
  );
}

async function runOf(
  context: CommandContext,
  id: string | null,
): Promise<{ readonly config: SourceConfig; readonly run_id: string | null }> {
  const run = await resolveRun(context.all, id, context);
  const { config } = run.loaded;
  return { config, run_id: (await findRun(config, run.id, context)).run_id };
}

/** Returns null for all resources. Throws `usage` for an unknown name. */
function knownNames(
  context: CommandContext,
  resources: readonly string[] | undefined,
): readonly string[] | null {
  const names = [
    ...new Set(configsOf(context).flatMap(({ source }) => source.resources.map(({ name }) => name))),
  ];
  const unknown = resources?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownResource(unknown, names);
  return resources ?? null;
}

function printRejects(context: CommandContext, found: readonly Reject[]): void {
  printItems(
    context,
    found.flatMap(({ errors, ...reject }) => errors.map((fault) => ({ ...reject, ...fault }))),
    {
      resource: (one) => one.resource,
      index: (one) => one.index,
      id: (one) => one.id,
      path: (one) => one.path,
      code: (one) => one.code,
      message: (one) => one.message,
    },
    3,
  );
}

type ListOptions = {
  readonly resources?: readonly string[];
  readonly limit: number;
  readonly status?: RejectStatus | 'all';
};

function printLines(context: CommandContext, lines: readonly RejectLine[]): void {
  const waived = lines.some(({ reason }) => reason !== null);
  printItems(
    context,
    lines,
    {
      resource: (line) => line.resource,
      id: (line) => line.id,
      status: (line) => line.status,
      times: (line) => line.times,
      'last seen': (line) => ago(context.clock.now(), line.last_seen),
      path: ({ errors: [first] }) => first?.path,
      message: ({ errors: [first, ...others] }) =>
        `${first?.message ?? ''}${others.length === 0 ? '' : ` (and ${others.length} more)`}`,
      ...(waived && { reason: (line: RejectLine) => line.reason }),
    },
    2,
  );
}

/** How many characters of the record to show on each side of the mark. */
const AROUND = 60;

function printReject(context: CommandContext, { bytes, errors, ...line }: ShownReject): void {
  printLine(
    context,
    `${line.resource} ${line.id}: ${line.status}${line.reason === null ? '' : ` (${line.reason})`}`,
  );
  printLine(
    context,
    `Seen ${counted(line.times, 'time')}, from ${line.first_seen} (run ${line.first_run_id}) to ${line.last_seen} (run ${line.last_run_id})`,
  );
  const text = bytes?.toString('utf8') ?? null;
  if (text === null)
    printLine(
      context,
      'The bytes of this record are no longer available, neither in the ledger nor in a raw file.',
    );
  else printLine(context, text);
  for (const { message, path } of errors) {
    printLine(context, '');
    printLine(context, `${path === '' ? '(record)' : path} ${message}`);
    const place = text === null || path === '' || !isJson(text) ? null : locate(text, path);
    if (text === null || place === null) continue;
    const start = Math.max(0, place.start - AROUND);
    const before = escapeControls(text.slice(start, place.start));
    const marked = escapeControls(text.slice(place.start, Math.min(place.end, place.start + AROUND)));
    const after = escapeControls(
      text.slice(place.start + AROUND < place.end ? place.start + AROUND : place.end).slice(0, AROUND),
    );
    context.stdout.write(`  ${before}${marked}${after}\n`);
    context.stdout.write(
      `  ${' '.repeat(stringWidth(before))}${'^'.repeat(Math.max(1, stringWidth(marked)))}\n`,
    );
  }
  printLine(context, '');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
