import type { OutlinedCommand } from '../../src/cli/outline.ts';

/** The words after the program's name in each command on a page: in prose, code blocks and lists of arguments. */
export function commandsIn(page: string): readonly (readonly string[])[] {
  const lines = page.replaceAll(/ \\\n\s*/g, ' ');
  // Quoted text that begins with the name, such as the subject of an email, is not a command; neither is a user with
  // that name.
  const typed = lines.matchAll(/(?<![\w'"-])spacex-pipeline (?!spacex-pipeline)(?=[a-z])(.*)/g);
  const listed = [
    ...page.matchAll(/^ *args: \[(.*)\]$/gm),
    ...page.matchAll(/\["spacex-pipeline", ([^\]]*)\]/g),
  ];
  return [
    ...[...typed].map(([, rest = '']) => wordsOf(rest)),
    ...listed.map(([, rest = '']) =>
      rest.split(',').map((word) => word.trim().replaceAll(/^['"]|['"]$/g, '')),
    ),
  ];
}

/** Reads words up to the end of the command: in a shell, in a code span or in a table cell. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const [part, double, single] of line.matchAll(
    /"([^"]*)"|'([^']*)'|\\?[|<>;&`#(){}…]|\d>|[^\s"'|<>;&`#(){}…\\]+/g,
  )) {
    if (double === undefined && single === undefined && /^(?:\\?[|<>;&`#(){}…]|\d>)$/.test(part)) break;
    words.push(double ?? single ?? part);
  }
  return words;
}

/** The reason why the program would not accept a command; null if it would. */
export function faultOf(words: readonly string[], commands: readonly OutlinedCommand[]): string | null {
  const [program, ...known] = commands;
  const command = known
    .toSorted((one, other) => other.path.length - one.path.length)
    .find(({ path }) => `${words.join(' ')} `.startsWith(`${path} `));
  if (command === undefined) return `no such command: ${words.join(' ')}`;
  const options = [...command.options, ...(program?.options ?? [])];
  const rest = words.slice(command.path.split(' ').length);
  const values: string[] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('-')) {
      values.push(word);
      continue;
    }
    const [flag = '', given] = word.split('=', 2);
    const option = options.find(({ flags, long }) => long === flag || flags.startsWith(`${flag},`));
    if (option === undefined) return `${command.path} has no ${flag}`;
    const value = given ?? (option.takesValue ? rest.shift() : undefined);
    const { choices } = option;
    if (value !== undefined && choices.length > 0 && !choices.includes(value))
      return `${flag} does not accept ${value}`;
  }
  if (values.length > command.arguments.length) return `${command.path} does not accept ${values.at(-1)}`;
  return null;
}
