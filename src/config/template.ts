import { listSettings, valueAt } from './keys.ts';
import { defaultJobs, type Job } from './jobs.ts';
import { describeSchedule } from './cron.ts';
import type { SharedKey } from './schema.ts';

export type TemplateOptions = {
  /** The path from the file to the schema, for editors. */
  readonly schema: string;
  readonly dataDir: string | null;
  /** Without a secret; null for the embedded database. */
  readonly databaseUrl: string | null;
};

/** A configuration file with the default values and comments. */
export function configTemplate({ dataDir, databaseUrl, schema }: TemplateOptions): string {
  const url = databaseUrl ?? 'postgresql://me@localhost/mydb';
  return `// Configuration of spacex-pipeline: JSON with comments. Settings that are left out keep their defaults.
// "spacex-pipeline config" prints every value and where it came from.
{
  "$schema": ${JSON.stringify(schema)},

  // The folder of runs, and of the embedded database. Relative to this file.
  "dataDir": ${JSON.stringify(dataDir ?? defaultOf('dataDir'))},

  "database": {
    // Without a URL: the embedded database, or the server that DATABASE_URL or PGHOST names. A password does not belong
    // here: give it as PGPASSWORD, or in ~/.pgpass.
    ${databaseUrl === null ? '// ' : ''}"url": ${JSON.stringify(url)}
  },

  // The jobs that "spacex-pipeline serve" runs, by name.
  "jobs": {
${defaultJobs().map(jobTemplate).join(',\n')}
  },

  // The HTTP API and metrics of serve. Beyond this machine it needs a token: SPACEX_PIPELINE_TOKEN.
  "serve": { "host": ${written('serve.host')}, "port": ${written('serve.port')} },

  // level: debug, info, warn or error. format: text for people, json for machines.
  "log": { "level": ${written('log.level')}, "format": ${written('log.format')} }
}
`;
}

function jobTemplate({ enabled, name, retries, schedule, source, timezone, ...job }: Job): string {
  const { missed, overlap, timeoutSeconds } = job;
  const words = schedule === null ? 'manual only' : describeSchedule(schedule, timezone);
  const { delaySeconds, limit, maxDelaySeconds } = retries;
  return `    ${JSON.stringify(name)}: {
      "source": ${JSON.stringify(source.name)},
      // archive, live, sandbox or a base URL. Without it: the address configured for the source.
      // "from": ${JSON.stringify(source.archive === null ? 'live' : 'archive')},
      // Names of the resources, besides those that they need; null for those of the source.
      "resources": null,
      // Minute, hour, day of the month, month, day of the week; null: manual only. This one: ${words}.
      "schedule": ${JSON.stringify(schedule)},
      "timezone": ${JSON.stringify(timezone)},
      // If a tick comes while the job is still running: skip it, or queue one run.
      "overlap": ${JSON.stringify(overlap)},
      // Ticks that passed while nothing was running: make up for them with one run (once), or not at all (none).
      "missed": ${JSON.stringify(missed)},
      // A run that takes longer is interrupted, to be resumed.
      "timeoutSeconds": ${timeoutSeconds},
      // A run that failed is retried; the delay doubles before each further retry.
      "retries": { "limit": ${limit}, "delaySeconds": ${delaySeconds}, "maxDelaySeconds": ${maxDelaySeconds} },
      // A resource is refused if both count and share are exceeded, by records that break their contract or rows that vanish.
      "limits": {
        "rejects": { "count": ${written('limits.rejects.count')}, "share": ${written('limits.rejects.share')} },
        "vanished": { "count": ${written('limits.vanished.count')}, "share": ${written('limits.vanished.share')} }
      },
      "enabled": ${enabled}
    }`;
}

function written(key: SharedKey): string {
  return JSON.stringify(defaultOf(key));
}

function defaultOf(key: SharedKey): unknown {
  const setting = listSettings().find((one) => one.key === key);
  return setting === undefined ? null : valueAt(setting.schema, ['default']);
}
