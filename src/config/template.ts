import { listSettings, valueAt } from './keys.ts';
import { defaultJobs, type Job } from './jobs.ts';
import { describeSchedule } from './cron.ts';
import type { SharedKey } from './schema.ts';

export type TemplateOptions = {
  /** The path from the configuration file to its schema, for editors. */
  readonly schema: string;
  readonly dataDir: string | null;
  /** Without secrets; null for the embedded database. */
  readonly databaseUrl: string | null;
};

/** A configuration file with the default values and comments. */
export function configTemplate({ dataDir, databaseUrl, schema }: TemplateOptions): string {
  const url = databaseUrl ?? 'postgresql://me@localhost/mydb';
  return `// Configuration of spacex-pipeline: JSON with comments. Omitted settings keep their defaults.
// "spacex-pipeline config" prints every value and where it came from.
{
  "$schema": ${JSON.stringify(schema)},

  // The folder for runs and the embedded database, relative to this file.
  "dataDir": ${JSON.stringify(dataDir ?? defaultOf('dataDir'))},

  "database": {
    // Without a URL: the embedded database, or the server that DATABASE_URL or PGHOST names. Do not put a password
    // here: set PGPASSWORD, or use ~/.pgpass.
    ${databaseUrl === null ? '// ' : ''}"url": ${JSON.stringify(url)}
  },

  // The jobs that "spacex-pipeline serve" runs, by name.
  "jobs": {
${defaultJobs().map(jobTemplate).join(',\n')}
  },

  // The HTTP API and metrics of serve. If other machines can reach the host, SPACEX_PIPELINE_TOKEN must be set.
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
      // archive, live, sandbox or a base URL. If omitted: the source's configured address.
      // "from": ${JSON.stringify(source.archive === null ? 'live' : 'archive')},
      // The resources to pull, by name; resources that they need are added. null: the source's configured resources.
      "resources": null,
      // Minute, hour, day of the month, month, day of the week; null: manual only. Here: ${words}.
      "schedule": ${JSON.stringify(schedule)},
      "timezone": ${JSON.stringify(timezone)},
      // What to do with a tick while the job is still running: skip it, or queue one run.
      "overlap": ${JSON.stringify(overlap)},
      // What to do about ticks that passed while serve was not running: run the job once, or ignore them (none).
      "missed": ${JSON.stringify(missed)},
      // A run that takes longer is interrupted, and resumed by the next attempt.
      "timeoutSeconds": ${timeoutSeconds},
      // A failed run is retried; the delay doubles before each further retry.
      "retries": { "limit": ${limit}, "delaySeconds": ${delaySeconds}, "maxDelaySeconds": ${maxDelaySeconds} },
      // A resource fails if broken records (rejects) or missing rows (vanished) exceed both the count and the share.
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
