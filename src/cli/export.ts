import { resolve } from 'node:path';

import { Option } from 'commander';

import { EXPORT_FORMATS, exportTables, type ExportFormat } from '../app/export.ts';
import type { ExportedTable } from '../output/documents.ts';
import { example, EXAMPLE_NAME, type Register } from './command.ts';
import { configsOf, type CommandContext } from './context.ts';
import { listOption } from './options.ts';
import { printItems, printResult } from './print.ts';
import { openToRead } from './read-folder.ts';

type Options = {
  readonly tables?: readonly string[];
  readonly format: ExportFormat;
  readonly bom?: boolean;
  readonly out: string;
};

export const register: Register = (program, streams) => {
  program
    .command('export')
    .description('write tables and views to files, from a consistent snapshot of the database')
    .option(
      '--tables <names>',
      'tables and views to export, separated by commas (default: every table of every resource)',
      listOption,
    )
    .addOption(new Option('--format <format>', 'file format').choices(EXPORT_FORMATS).default('csv'))
    .option('--bom', 'start CSV files with a byte order mark, which Excel needs to read them as UTF-8')
    .option('--out <dir>', 'folder for the files, created if missing', 'export')
    .addHelpText('after', example('export', `export --tables ${EXAMPLE_NAME} --format parquet`))
    .action(async (options: Options, command) => {
      const context = await openToRead(streams, command, { all: true });
      const written = await exportTables(
        configsOf(context),
        {
          tables: options.tables ?? null,
          format: options.format,
          bom: options.bom === true,
          out: resolve(context.cwd, options.out),
        },
        context,
      );
      printResult(context, written, printFiles);
    });
};

function printFiles(context: CommandContext, files: readonly ExportedTable[]): void {
  if (context.quiet) return;
  printItems(context, files, {
    table: (one) => one.table,
    rows: (one) => one.rows,
    file: (one) => one.file,
  });
}
