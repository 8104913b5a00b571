import { boolean, integer, nullable, number, oneOf, optionals, string } from '../core/schema.ts';
import { sources } from '../sources/index.ts';
import { DAY_SECONDS, ownLimits, resourceNames, section } from './schema-parts.ts';

/** What runs by itself: which records, when, and how failures are handled. */
export function jobSchema() {
  return section(
    optionals({
      source: oneOf(
        sources.map(({ name }) => name),
        { description: `The source to pull (default: ${sources[0].name}).` },
      ),
      from: string({
        format: 'address',
        minLength: 1,
        description: 'archive, live, sandbox or a base URL (default: the address configured for the source).',
      }),
      resources: nullable(
        resourceNames({
          description:
            'Names of the resources; those that they need are added (default: those of the source).',
        }),
      ),
      schedule: nullable(
        string({
          format: 'cron',
          minLength: 1,
          description:
            'A cron expression of five fields: minute, hour, day of the month, month, day of the week. Null: manual only (default: the default schedule of the source).',
        }),
      ),
      timezone: string({
        format: 'time-zone',
        minLength: 1,
        description: 'The time zone of the schedule, such as Europe/Berlin (default: UTC).',
      }),
      overlap: oneOf(['skip', 'queue'], {
        description:
          'What to do with a tick while the job is still running: skip it, or queue one run (default: skip).',
      }),
      missed: oneOf(['once', 'none'], {
        description:
          'Whether one run makes up for ticks that passed while nothing was running (default: once).',
      }),
      timeoutSeconds: number({
        exclusiveMinimum: 0,
        // The queue treats a job that has been active for a day as lost.
        maximum: 23 * 3600,
        description: 'Seconds that a run may take; then it is interrupted (default: 3600).',
      }),
      retries: section(
        optionals({
          limit: integer({
            minimum: 0,
            maximum: 100,
            description: 'How many times a failed run is retried (default: 3).',
          }),
          delaySeconds: integer({
            minimum: 0,
            maximum: DAY_SECONDS,
            description: 'Seconds before the first retry; doubled before each further one (default: 60).',
          }),
          maxDelaySeconds: integer({
            minimum: 1,
            maximum: DAY_SECONDS,
            description: 'The longest wait between two attempts, in seconds (default: 3600).',
          }),
        }),
      ),
      limits: ownLimits({ description: 'Limits of this job, which replace those of the section limits.' }),
      enabled: boolean({
        description:
          'Whether it runs on its schedule; jobs enable and jobs disable override this (default: true).',
      }),
    }),
  );
}
