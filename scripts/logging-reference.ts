import { table } from './cli-reference.ts';
import { COMMAND_EVENTS, EVENTS } from './log-vocabulary.ts';

const COMMON = {
  level: '`debug`, `info`, `warn` or `error`',
  time: 'ISO 8601 in UTC',
  msg: 'a sentence for people; its words may change',
  event: 'what happened, as below; remarks that no program needs have none',
  run_id: 'the run',
  job: 'the job, where it is about one or about a run of one',
  source: 'the source',
  resource: 'the resource, where it is about one',
  error: 'a stack, mostly with `--log-level debug`',
};

/** docs/logging.md. */
export function loggingReference(): string {
  return [
    '# Logging',
    'Made by `npm run docs` from a list that the compiler holds against the events of a run and of a job.',
    'Logs go to stderr; results go to stdout. `--log-level` (`log.level`) says what is written, `--log-format json` (`log.format`) writes one JSON object a line, to the last line of a command, its failure included. Fields are only ever added; a field without a value is left out. No login, password, token or query of a URL is in any line: they read `***`.',
    '```\nspacex-pipeline run --log-format json 2> run.log\n```',
    '## Fields of every line',
    table(
      ['field', ''],
      Object.entries(COMMON).map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
    '## Events of runs and jobs',
    eventTable(EVENTS),
    '## Events of commands',
    eventTable(COMMAND_EVENTS),
  ]
    .join('\n\n')
    .concat('\n');
}

function eventTable(
  events: Readonly<
    Record<
      string,
      {
        readonly level: string;
        readonly says: string;
        readonly fields: Readonly<Record<string, string>>;
      }
    >
  >,
): string {
  return table(
    ['`event`', 'level', '', 'fields'],
    Object.entries(events).map(([name, { fields, level, says }]) => [
      `\`${name}\``,
      level,
      says,
      Object.entries(fields)
        .map(([field, meaning]) => `\`${field}\`: ${meaning}`)
        .join('; '),
    ]),
  );
}
