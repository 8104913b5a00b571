import { EXIT_CODES, EXIT_MEANINGS } from '../src/output/exit-codes.ts';
import { outline, type OutlinedCommand, type OutlinedOption } from '../src/cli/outline.ts';
import { buildProgram } from '../src/cli/program.ts';

/** docs/cli.md. */
export async function cliReference(): Promise<string> {
  const nowhere = { write: () => undefined };
  const streams = { stdout: nowhere, stderr: nowhere, cwd: '/', signal: new AbortController().signal };
  const [program, ...commands] = outline(await buildProgram(streams));
  if (program === undefined) throw new Error('There is no program');
  return [
    '# Command line',
    'Made by `npm run docs` from the program; `--help` behind any command tells the same.',
    '## Flags of every command',
    'Before the command or behind it.',
    ...optionTable(program.options),
    ...commands.flatMap(commandSection),
    '## Exit codes',
    exitTable(),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Exit codes with the `error.code` of machine output. */
export function exitTable(): string {
  return table(
    ['exit', '`error.code`', ''],
    Object.entries(EXIT_MEANINGS).map(([exit, meaning]) => {
      const codes = Object.entries(EXIT_CODES).filter(([, code]) => String(code) === exit);
      return [exit, codes.map(([code]) => `\`${code}\``).join(', ') || '–', meaning];
    }),
  );
}

function commandSection({ description, notes, options, path, usage, ...command }: OutlinedCommand): string[] {
  return [
    `## ${path}`,
    `${description[0]?.toUpperCase()}${description.slice(1)}.`,
    `\`\`\`\nspacex-pipeline ${path} ${usage}\n\`\`\``,
    ...(command.arguments.length === 0 ? [] : [argumentTable(command.arguments)]),
    ...optionTable(options),
    ...(notes === '' ? [] : [`\`\`\`\n${notes}\n\`\`\``]),
  ];
}

function argumentTable(all: OutlinedCommand['arguments']): string {
  return table(
    ['argument', '', 'choices'],
    all.map(({ choices, description, name, required }) => [
      required ? `\`<${name}>\`` : `\`[${name}]\``,
      description,
      choices.join(', '),
    ]),
  );
}

function optionTable(options: readonly OutlinedOption[]): string[] {
  if (options.length === 0) return [];
  const rows = options.map(({ choices, description, fallback, flags, required }) => [
    `\`${flags}\``,
    required ? `${description} (required)` : description,
    choices.join(', '),
    fallback ?? '',
  ]);
  return [table(['flag', '', 'choices', 'default'], rows)];
}

/** Markdown, `|` escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
