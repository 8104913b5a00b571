import { boolean, integer, nullable, number, oneOf, optionals, string } from '../core/schema.ts';
import { sources } from '../sources/index.ts';
import { DAY_SECONDS, ownLimits, resourceNames, section } from './schema-parts.ts';

/** A job that `serve` runs: which records it pulls, when, and how failures are handled. */
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
        description:
          "Where the records come from: archive, live, sandbox or a base URL (default: the source's configured address).",
      }),
      resources: nullable(
        resourceNames({
          description:
            "The resources to pull, by name; resources that they need are added (default: the source's configured resources).",
        }),
      ),
      schedule: nullable(
        string({
          format: 'cron',
          minLength: 1,
          description:
            "A cron expression with five fields: minute, hour, day of the month, month, day of the week; null to run the job only manually (default: the source's default schedule).",
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
          'What to do about ticks that passed while `serve` was not running. once: run the job once; none: ignore them (default: once).',
      }),
      timeoutSeconds: number({
        exclusiveMinimum: 0,
        // The queue treats a job that has been active for a day as lost.
        maximum: 23 * 3600,
        description: 'Seconds after which a run is interrupted (default: 3600).',
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
            description:
              'Seconds to wait before the first retry; the wait doubles with each subsequent retry (default: 60).',
          }),
          maxDelaySeconds: integer({
            minimum: 1,
            maximum: DAY_SECONDS,
            description: 'The longest wait between two attempts, in seconds (default: 3600).',
          }),
        }),
      ),
      limits: ownLimits({ description: 'Limits for this job, which override the top-level limits.' }),
      enabled: boolean({
        description:
          'Whether the job runs on its schedule; `jobs enable` and `jobs disable` override this (default: true).',
      }),
    }),
  );
}
