import {
  mapOf,
  nullable,
  number,
  optionals,
  string,
  type Optionals,
  type Properties,
  type Static,
} from '../core/schema.ts';
import type { Archive, Auth, ChangesRules, Source } from '../core/source.ts';
import { sources } from '../sources/index.ts';
import {
  DAY_SECONDS,
  ID_OR_ALL,
  ownLimits,
  resourceNames,
  section,
  seconds,
  timeout,
  wholeNumber,
} from './schema-parts.ts';

export type SourceSettings = Static<ReturnType<typeof sourceSection>>;

/** The section `sources`, with one section for each source. */
export function sourceSections() {
  return Object.fromEntries(sources.map((source) => [source.name, sourceSection(source)]));
}

/** The settings of a source: where its records come from and go to, and how it is requested. */
function sourceSection(source: Source) {
  const { archive, auth, baseUrl, changes, headersTimeoutSeconds, pacing, schema } = source;
  return section({
    schema: string({
      format: 'schema-name',
      minLength: 1,
      maxLength: 63,
      // The ledger of pg would be pg_pipeline; $user in a search path means the user, even in quotes.
      pattern: '^(?!pg_|(?:pg|information_schema|[$]user)$)',
      default: schema,
      description:
        'The schema of the tables. The ledger is in the schema with the same name and _pipeline appended, shortened to fit 63 bytes.',
    }),
    resources: nullable(
      resourceNames({
        default: null,
        description: 'Names of the resources to run; those that they need are added. Null for all.',
      }),
    ),
    limits: mapOf(ownLimits(), {
      default: {},
      description:
        'Limits of individual resources, by name. Anything left out comes from the section limits.',
    }),
    baseUrl: httpUrl(baseUrl, 'The API, as an http:// or https:// URL.'),
    ...settingsIf(auth, authSettings),
    ...settingsIf(changes, changesSettings),
    ...settingsIf(archive, archiveSettings),
    connectTimeoutSeconds: timeout(10, 'Seconds to wait for a connection to the API.'),
    headersTimeoutSeconds: timeout(headersTimeoutSeconds, 'Seconds to wait for the head of a response.'),
    bodyTimeoutSeconds: timeout(30, 'Seconds for which a response body may pause.'),
    minBytesPerSecond: number({
      minimum: 0,
      maximum: 1_000_000_000,
      default: 100,
      description:
        'Bytes per second that a response body must reach, averaged over bodyTimeoutSeconds; 0 for no limit.',
    }),
    responseTimeoutSeconds: number({
      exclusiveMinimum: 0,
      maximum: DAY_SECONDS,
      default: 7200,
      description: 'Seconds that a response may take, from the request to its last byte.',
    }),
    maxAttempts: wholeNumber(1, 100, 5, 'Attempts for each request, including the first.'),
    maxRetryAfterSeconds: seconds(
      120,
      'The longest wait that the API may request with Retry-After, in seconds.',
    ),
    backoffBaseSeconds: seconds(
      0.5,
      'Seconds to wait before the second attempt; doubled before each further one.',
    ),
    backoffCapSeconds: seconds(30, 'The longest wait between two attempts, in seconds.'),
    requestsPerSecond: number({
      exclusiveMinimum: 0,
      maximum: 1000,
      default: pacing.requestsPerSecond,
      description:
        'Average requests per second, for all resources together. The built-in sandbox has no limit unless this is set.',
    }),
    burst: wholeNumber(1, 1000, pacing.burst, 'Requests that may be sent at once after a pause.'),
    httpProxy: proxy('The proxy for an http:// API, as a URL or host:port; null for none.'),
    httpsProxy: proxy('The proxy for an https:// API, as a URL or host:port; null for none.'),
    noProxy: nullable(
      string({
        format: 'hosts',
        default: null,
        description:
          'Hosts to reach without a proxy, separated by commas: names with their subdomains, addresses, ranges, or *.',
      }),
    ),
  });
}

/** The settings for a feature; none for a source without it. */
function settingsIf<F, P extends Properties>(feature: F | null, settings: (feature: F) => P): Optionals<P> {
  return feature === null ? ({} as Optionals<P>) : optionals(settings(feature));
}

function authSettings({ scheme }: Auth) {
  return {
    token: nullable(
      string({
        format: 'secret',
        minLength: 16,
        default: null,
        description: `The token that requests send as Authorization: ${scheme} TOKEN, for a higher limit; null for none.`,
      }),
    ),
  };
}

function changesSettings({ fullAfterHours, pageSize, scope, settleSeconds }: ChangesRules) {
  return {
    [scope.setting]: string({
      format: 'id-or-all',
      pattern: ID_OR_ALL,
      default: scope.default,
      description: scope.description,
    }),
    pageSize: wholeNumber(1, pageSize.max, pageSize.default, 'How many records to request at a time.'),
    fullAfterHours: number({
      minimum: 0,
      maximum: 8760,
      default: fullAfterHours,
      description: 'Hours after which a run requests everything again, not only what has changed.',
    }),
    settleSeconds: seconds(
      settleSeconds,
      'Changes from this many seconds before the last run are requested again: they may have been missing then.',
    ),
  };
}

function archiveSettings({ recordingsUrl, url }: Archive) {
  return {
    archiveUrl: httpUrl(
      url,
      'The captures of a web archive, as <archive>/<timestamp>id_/<base URL of the API>.',
    ),
    recordingsUrl: string({
      format: 'http-url-or-empty',
      pattern: '^([Hh][Tt][Tt][Pp][Ss]?://|$)',
      default: recordingsUrl,
      description: 'The folder of the recordings; empty for none.',
    }),
  };
}

function httpUrl(byDefault: string, description: string) {
  return string({
    format: 'http-url',
    pattern: '^[Hh][Tt][Tt][Pp][Ss]?://',
    default: byDefault,
    description,
  });
}

function proxy(description: string) {
  return nullable(string({ format: 'proxy-url', default: null, description }));
}
