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

/** The `sources` section, with one subsection for each source. */
export function sourceSections() {
  return Object.fromEntries(sources.map((source) => [source.name, sourceSection(source)]));
}

/** The settings of a source: where its records come from and go to, and how requests are sent. */
function sourceSection(source: Source) {
  const { archive, auth, baseUrl, changes, headersTimeoutSeconds, pacing, schema } = source;
  return section({
    schema: string({
      format: 'schema-name',
      minLength: 1,
      maxLength: 63,
      // A schema named pg would need a ledger named pg_pipeline, but the prefix pg_ is reserved. In a search path,
      // $user means the user's name, even in quotes.
      pattern: '^(?!pg_|(?:pg|information_schema|[$]user)$)',
      default: schema,
      description:
        "The schema of the tables. The ledger's schema has the same name with _pipeline appended, shortened to fit 63 bytes.",
    }),
    resources: nullable(
      resourceNames({
        default: null,
        description: 'The resources to run, by name; resources that they need are added. Null for all.',
      }),
    ),
    limits: mapOf(ownLimits(), {
      default: {},
      description: 'Limits for individual resources, by name. Omitted values come from the top-level limits.',
    }),
    baseUrl: httpUrl(baseUrl, 'The base URL of the API, with http:// or https://.'),
    ...settingsIf(auth, authSettings),
    ...settingsIf(changes, changesSettings),
    ...settingsIf(archive, archiveSettings),
    connectTimeoutSeconds: timeout(10, 'Seconds to wait for a connection to the API.'),
    headersTimeoutSeconds: timeout(headersTimeoutSeconds, 'Seconds to wait for the headers of a response.'),
    bodyTimeoutSeconds: timeout(30, 'Seconds that a response body may stall.'),
    minBytesPerSecond: number({
      minimum: 0,
      maximum: 1_000_000_000,
      default: 100,
      description:
        'The minimum speed of a response body in bytes per second, averaged over bodyTimeoutSeconds; 0 for no minimum.',
    }),
    responseTimeoutSeconds: number({
      exclusiveMinimum: 0,
      maximum: DAY_SECONDS,
      default: 7200,
      description: 'Seconds that a response may take, from the request to the last byte.',
    }),
    maxAttempts: wholeNumber(1, 100, 5, 'Attempts for each request, including the first.'),
    maxRetryAfterSeconds: seconds(
      120,
      'The longest wait that the API may request with Retry-After, in seconds.',
    ),
    backoffBaseSeconds: seconds(
      0.5,
      'Seconds to wait before the second attempt; the wait doubles before each further attempt.',
    ),
    backoffCapSeconds: seconds(30, 'The longest wait between two attempts, in seconds.'),
    requestsPerSecond: number({
      exclusiveMinimum: 0,
      maximum: 1000,
      default: pacing.requestsPerSecond,
      description:
        'Average requests per second across all resources. The built-in sandbox has no limit unless this is set.',
    }),
    burst: wholeNumber(1, 1000, pacing.burst, 'Requests that may be sent immediately after a pause.'),
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

/** The settings for a feature; empty for a source without that feature. */
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
    pageSize: wholeNumber(1, pageSize.max, pageSize.default, 'Records per request.'),
    fullAfterHours: number({
      minimum: 0,
      maximum: 8760,
      default: fullAfterHours,
      description: 'Hours after which a run requests everything again, not just changes.',
    }),
    settleSeconds: seconds(
      settleSeconds,
      'Overlap with the last run, in seconds. Changes from this period are requested again, because the last run may have missed some.',
    ),
  };
}

function archiveSettings({ recordingsUrl, url }: Archive) {
  return {
    archiveUrl: httpUrl(
      url,
      'The URL of the captures in a web archive, as <archive>/<timestamp>id_/<base URL of the API>.',
    ),
    recordingsUrl: string({
      format: 'http-url-or-empty',
      pattern: '^([Hh][Tt][Tt][Pp][Ss]?://|$)',
      default: recordingsUrl,
      description: 'The URL of the folder with the recordings; empty for none.',
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
