import { explain } from '../app/explain.ts';
import { counted } from '../core/text.ts';
import { example, EXAMPLE_NAME, type Register } from './command.ts';
import { configsOf, type CommandContext } from './context.ts';
import { printItems, printLine, printResult, printTable } from './print.ts';
import { openToRead } from './read-folder.ts';
import type { Explanation, FoundRecord, LostRaw } from '../output/records.ts';

export const register: Register = (program, streams) => {
  program
    .command('explain')
    .description('trace a row to its runs and to the bytes that the API sent')
    .argument('<table>', 'name of the table')
    .argument('<id>', 'id of the record; shows all of its rows in the table')
    .addHelpText('after', example(`explain ${EXAMPLE_NAME} 5eb87cd9ffd86e000604b32a`))
    .action(async (name: string, id: string, _options, command) => {
      const context = await openToRead(streams, command);
      const explanation = await explain(configsOf(context), name, id, context);
      printResult(context, explanation, printExplanation);
    });
};

function printExplanation(context: CommandContext, explanation: Explanation): void {
  const { id, lost, records, rows, runs, table, tombstones, unproven } = explanation;
  printLine(context, `${table} ${id}: ${counted(rows.length, 'row')}`);
  printRows(context, explanation);
  for (const { deleted_at, run_id } of tombstones) {
    printLine(context, `Deleted at ${deleted_at} by run ${run_id}: missing from the source`);
  }
  printLine(context, '');
  printItems(context, runs, {
    run: (run) => run.run_id,
    status: (run) => run.status,
    address: (run) => run.address,
    started: (run) => run.started_at,
    finished: (run) => run.finished_at,
  });
  for (const one of lost.slice(0, MOST_LOST)) printLost(context, one);
  if (lost.length > MOST_LOST) {
    printLine(context, `${counted(lost.length - MOST_LOST, 'older raw file')} cannot be read either.`);
  }
  for (const record of records) printRecord(context, record);
  if (records.length === 0) {
    printLine(context, '');
    printLine(context, 'No raw file in this folder contains the record.');
  } else if (unproven.length > 0) {
    printLine(context, '');
    printLine(context, 'No raw file in this folder contains the records of these rows:');
    for (const row of unproven) printLine(context, `  ${Object.values(row).join(' ')}`);
  }
}

const MOST_LOST = 3;

function printRows(context: CommandContext, { key, rows }: Explanation): void {
  if (rows.length === 0) return;
  printTable(
    context,
    [...key, 'first loaded by', 'last changed by', 'at'],
    rows.map(({ _first_run_id: first, _loaded_at: at, _run_id: last, ...row }) => [
      ...key.map((column) => row[column]),
      first,
      last,
      at,
    ]),
    key.length,
  );
}

function printLost(context: CommandContext, lost: LostRaw): void {
  printLine(context, '');
  printLine(context, `Raw file used by run ${lost.run_id} ${lostReason(lost)}: ${lost.path}`);
  printLine(context, `Received by run ${lost.received_by} from ${lost.url}, ETag ${lost.etag ?? 'none'}`);
  printLine(context, `${lost.bytes} bytes, sha256 ${lost.sha256}`);
}

function lostReason({ host, reason }: LostRaw): string {
  if (reason === 'elsewhere') return `is on host ${host}`;
  return reason === 'missing' ? 'is missing (pruned or moved)' : 'is damaged (its bytes have changed)';
}

function printRecord(context: CommandContext, found: FoundRecord): void {
  const { errors, length, offset, request } = found;
  printLine(context, '');
  printLine(context, `Raw file used by run ${found.run_id}: ${found.path}`);
  printLine(
    context,
    `Bytes ${offset} to ${offset + length - 1} (offset ${offset}, length ${length}), record ${found.index}`,
  );
  printLine(
    context,
    `Received by run ${found.received_by} at ${request.received_at ?? '-'} from ${request.url}: status ${request.status ?? '-'}, ETag ${request.etag ?? 'none'}`,
  );
  if (request.proof !== null)
    printLine(context, `A copy from ${request.captured_at ?? 'an unknown day'}; proof: ${request.proof}`);
  printLine(context, `File intact, sha256 ${found.sha256}`);
  if (errors !== null) {
    printLine(context, 'This record broke its contract, so the row comes from an older record:');
    for (const { message, path } of errors)
      printLine(context, `  ${path === '' ? '(record)' : path} ${message}`);
  }
  for (const line of found.record.split('\n')) printLine(context, line);
}
