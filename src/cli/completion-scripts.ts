import type { OutlinedCommand, OutlinedOption } from './outline.ts';

/** The candidates at one position of a command line. */
export type Candidates = {
  readonly words: readonly string[];
  /** Accepts several words, separated by commas. */
  readonly list: boolean;
  readonly kind: 'words' | 'file' | 'folder';
};

/** A command with its candidates. The flags of the program itself are valid after every command. */
export type CompletedCommand = Pick<OutlinedCommand, 'path' | 'description'> & {
  readonly first: Candidates;
  /** `value` is null if the flag takes no value. */
  readonly options: readonly (Pick<OutlinedOption, 'long' | 'description'> & {
    readonly value: Candidates | null;
  })[];
};

const NAME = 'spacex-pipeline';

export function bashCompletion(commands: readonly CompletedCommand[]): string {
  return `# bash completion of ${NAME}, made by: ${NAME} completion bash
_spacex_pipeline() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}"
  local command='' word names='' flags='' kind=words i
  COMPREPLY=()
  # bash splits --flag=value at the equals sign
  if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev="\${COMP_WORDS[COMP_CWORD - 2]}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
${indent(walk(commands, `[[ \${COMP_WORDS[i + 1]} == '=' ]] && ((i++)); ((i++))`), 4)}
  done
${indent(choose(commands), 2)}
  case "$kind" in
    file) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null ;;
    folder) COMPREPLY=($(compgen -d -- "$cur")); compopt -o filenames 2>/dev/null ;;
    list) COMPREPLY=($(compgen -P "\${cur%"\${cur##*,}"}" -W "$names" -- "\${cur##*,}")) ;;
    *) if [[ $cur == -* ]]; then names=$flags; fi; COMPREPLY=($(compgen -W "$names" -- "$cur")) ;;
  esac
}
complete -F _spacex_pipeline ${NAME}
`;
}

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef ${NAME}
# zsh completion of ${NAME}, made by: ${NAME} completion zsh
_spacex_pipeline() {
  local prev="\${words[CURRENT - 1]}" cur="\${words[CURRENT]}"
  local command='' word kind=words i
  local names='' flags=''
  if [[ $cur == --*=* ]]; then prev="\${cur%%=*}"; cur="\${cur#*=}"; compset -P '*='; fi
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
${indent(walk(commands, '((i++))'), 4)}
  done
${indent(choose(commands), 2)}
  case "$kind" in
    file) _files ;;
    folder) _files -/ ;;
    list) compset -P '*,'; compadd -S '' -- \${=names} ;;
    *) if [[ $cur == -* ]]; then names=$flags; fi; compadd -- \${=names} ;;
  esac
}
compdef _spacex_pipeline ${NAME}
`;
}

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ first, options, path }) => {
    const here = path === '' ? '' : ` -n '__spacex_pipeline_is "${path}"'`;
    const below = commands.filter((one) => one.path !== '' && parentOf(one.path) === path);
    return [
      ...below.map(
        (one) =>
          `complete -c ${NAME} -n '__spacex_pipeline_is "${path}"' -a ${nameOf(one.path)} -d ${quote(one.description)}`,
      ),
      ...(first.words.length === 0 ? [] : [`complete -c ${NAME}${here} -a ${quote(first.words.join(' '))}`]),
      ...options.map(
        ({ description, long, value }) =>
          `complete -c ${NAME}${here} -l ${long.slice(2)}${fishValue(value)} -d ${quote(description)}`,
      ),
    ];
  });
  return `# fish completion of ${NAME}, made by: ${NAME} completion fish
function __spacex_pipeline_is
    set -l command ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch "$command $word"
            case ${valueFlags(commands)
              .map((flag) => `'* ${flag}'`)
              .join(' ')}
                set skip 1
            case ${stepsOf(commands).join(' ')}
                set command (string trim "$command $word")
        end
    end
    test "$command" = "$argv[1]"
end
complete -c ${NAME} -f
${lines.join('\n')}
`;
}

function fishValue(value: Candidates | null): string {
  if (value === null) return '';
  if (value.kind === 'file') return ' -r -F';
  if (value.kind === 'folder') return " -x -a '(__fish_complete_directories)'";
  if (value.words.length === 0) return ' -x';
  if (!value.list) return ` -x -a ${quote(value.words.join(' '))}`;
  return ` -x -a "(__fish_append , ${value.words.join(' ')})"`;
}

/** Determines the command from the words before the word to complete. */
function walk(commands: readonly CompletedCommand[], skip: string): string {
  return `case "$command $word" in
  ${valueFlags(commands)
    .map((flag) => `*' ${flag}'`)
    .join('|')}) ${skip} ;;
  ${stepsOf(commands).join('|')}) command="\${command:+$command }$word" ;;
esac`;
}

/** Sets the candidates: `names`, `flags` and `kind`. */
function choose(commands: readonly CompletedCommand[]): string {
  const common = [...(commands[0]?.options ?? []).map(({ long }) => long), '--help'].join(' ');
  const cases = commands.map(({ first, options, path }) => {
    const below = commands.filter((one) => one.path !== '' && parentOf(one.path) === path);
    const names = [...below.map((one) => nameOf(one.path)), ...first.words].join(' ');
    const flags = path === '' ? '' : options.map(({ long }) => `${long} `).join('');
    return `  '${path}') names='${names}' flags='${flags}' ;;`;
  });
  const values = commands.flatMap(({ options, path }) =>
    options.flatMap(({ long, value }) => {
      if (value === null) return [];
      const place = path === '' ? `*' ${long}'` : `'${path} ${long}'`;
      return [`  ${place}) names='${value.words.join(' ')}' flags='' kind=${kindOf(value)} ;;`];
    }),
  );
  return [
    `case "$command" in`,
    ...cases,
    'esac',
    `flags+='${common}'`,
    `case "$command $prev" in`,
    ...values,
    'esac',
  ].join('\n');
}

function kindOf({ kind, list }: Candidates): string {
  return list ? 'list' : kind;
}

function valueFlags(commands: readonly CompletedCommand[]): string[] {
  const flags = commands.flatMap(({ options }) => options.filter(({ value }) => value !== null));
  return [...new Set(flags.map(({ long }) => long))];
}

/** For each command, the parent command and the last word, in quotes, such as ' runs' and 'runs show'. */
function stepsOf(commands: readonly CompletedCommand[]): string[] {
  return commands.filter(({ path }) => path !== '').map(({ path }) => `'${parentOf(path)} ${nameOf(path)}'`);
}

function parentOf(path: string): string {
  return path.split(' ').slice(0, -1).join(' ');
}

function nameOf(path: string): string {
  return path.split(' ').at(-1) ?? '';
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function indent(text: string, by: number): string {
  return text.replaceAll(/^/gm, ' '.repeat(by));
}
