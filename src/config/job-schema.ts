import {
  array,
  boolean,
  integer,
  nullable,
  number,
  object,
  oneOf,
  optional,
  string,
} from '../core/schema.ts';
import { sources } from '../sources/index.ts';
import { DAY_SECONDS, ownLimit, section } from './schema-parts.ts';

/** What runs by itself: which records, when, and how failures are handled. */
export function jobSchema() {
  return section({
    source: optional(
      oneOf(
        sources.map(({ name }) => name),
        { description: `The source to pull (default: ${sources[0].name}).` },
      ),
    ),
    from: optional(
      string({
        format: 'address',
        minLength: 1,
        description: 'archive, live, sandbox or a base URL (default: what is configured for the source).',
      }),
    ),
    resources: optional(
      nullable(
        array(string({ minLength: 1 }), {
          minItems: 1,
          uniqueItems: true,
          description: 'Names of the resources, besides those that they need (default: those of the source).',
        }),
      ),
    ),
    schedule: optional(
      nullable(
        string({
          format: 'cron',
          minLength: 1,
          description:
            'A cron expression of five fields: minute, hour, day of the month, month, day of the week. Null: only by hand (default: the pace of the source).',
        }),
      ),
    ),
    timezone: optional(
      string({
        format: 'time-zone',
        minLength: 1,
        description: 'The time zone of the schedule, as Europe/Berlin (default: UTC).',
      }),
    ),
    overlap: optional(
      oneOf(['skip', 'queue'], {
        description:
          'What becomes of a tick while the job is still running: skip it, or queue one run (default: skip).',
      }),
    ),
    missed: optional(
      oneOf(['once', 'none'], {
        description:
          'Whether ticks that passed while nothing was running are made up for by one run (default: once).',
      }),
    ),
    timeoutSeconds: optional(
      number({
        exclusiveMinimum: 0,
        // The queue treats a job that has been active for a day as lost.
        maximum: 23 * 3600,
        description: 'Seconds that a run may take; then it is interrupted (default: 3600).',
      }),
    ),
    retries: optional(
      section({
        limit: optional(
          integer({
            minimum: 0,
            maximum: 100,
            description: 'How often a run that failed is tried again (default: 3).',
          }),
        ),
        delaySeconds: optional(
          integer({
            minimum: 0,
            maximum: DAY_SECONDS,
            description: 'Seconds before the first further try; doubled before each next one (default: 60).',
          }),
        ),
        maxDelaySeconds: optional(
          integer({
            minimum: 1,
            maximum: DAY_SECONDS,
            description: 'The longest wait between two tries, in seconds (default: 3600).',
          }),
        ),
      }),
    ),
    limits: optional(
      object(
        { rejects: optional(ownLimit()), vanished: optional(ownLimit()) },
        {
          additionalProperties: false,
          description: 'Limits of this job, in place of those of the section limits.',
        },
      ),
    ),
    enabled: optional(
      boolean({
        description: 'Whether it runs by itself; jobs enable and disable overrule it (default: true).',
      }),
    ),
  });
}
