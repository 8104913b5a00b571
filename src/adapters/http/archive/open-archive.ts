import { PipelineError } from '../../../core/errors.ts';
import type { Upstream } from '../../../core/ports.ts';
import type { Archive, PreservedCopy } from '../../../core/source.ts';
import { maskUrl } from '../../../lib/mask-url.ts';
import type { Retries } from '../tries.ts';
import { createCaptures, isReplayed } from './captures.ts';
import { openCopyTries, type Way } from './copy-tries.ts';
import { openHost, type HostOptions } from './host.ts';
import type { Page } from './page.ts';
import { parsePlayback } from './playback-url.ts';
import { createRecordings } from './recordings.ts';

export type ArchiveOptions = Omit<HostOptions, 'requestsPerSecond' | 'burst' | 'headersTimeoutSeconds'> &
  Retries & {
    /** The address as stored in the ledger. */
    readonly address: string;
    readonly copies: Archive['copies'];
    /** The latest day from which a recording is accepted, as `YYYY-MM-DD`; null for any day. */
    readonly until: string | null;
    readonly pacing: Archive['pacing'];
    readonly headersTimeoutSeconds: number;
    /** `<archive>/<timestamp>id_/<base URL of the API>` */
    readonly archiveUrl: string;
    /** The URL of the folder that contains the recordings; null for none. */
    readonly recordingsUrl: string | null;
    /** The configuration keys of these URLs, for hints. */
    readonly settings: { readonly archiveUrl: string; readonly recordingsUrl: string };
  };

export type ArchiveUpstream = Upstream & { readonly close: () => Promise<void> };

/**
 * An API's preserved copies: captures in a web archive, and recordings in a repository. Sends one request at a time to
 * each of the two hosts. Throws PipelineError `usage` if `archiveUrl` is not the address of a capture.
 */
export function openArchive(options: ArchiveOptions): ArchiveUpstream {
  const { copies, settings, until } = options;
  const recordingsUrl = options.recordingsUrl?.replace(/\/+$/, '') ?? null;
  const base = parsePlayback(options.archiveUrl.replace(/\/+$/, ''));
  if (base === null) throw notOfCaptures(options);
  const hostOptions = { ...options, ...options.pacing };
  const archive = openHost(hostOptions, {
    url: new URL(options.archiveUrl),
    setting: settings.archiveUrl,
    isReplayed,
    refusedHint:
      'The archive may have blocked your IP address after too many requests. Wait an hour before you try again.',
  });
  const repository =
    recordingsUrl === null
      ? null
      : openHost(hostOptions, {
          url: new URL(recordingsUrl),
          setting: settings.recordingsUrl,
          isReplayed: () => false,
          refusedHint: null,
        });
  const captures = createCaptures(archive, base);
  const recordings =
    repository === null || recordingsUrl === null
      ? null
      : createRecordings(repository, { folder: recordingsUrl, original: base.original, until });

  function wayTo(copy: PreservedCopy, page: Page): readonly Way[] {
    if (copy.kind === 'capture') {
      const newest = { ask: captures.newest(page), url: null, instead: null };
      return [{ ask: () => captures.nearest(page), url: null, instead: newest }];
    }
    if (recordings === null) return [];
    return [{ ask: () => recordings.get(copy, page), url: recordings.urlOf(copy), instead: null }];
  }

  return {
    address: options.address,
    open(request, signal) {
      const { kept, resource } = request;
      const page = { ...request, signal, tried: new Set<string>() };
      const ways = (copies[resource] ?? []).flatMap((copy) => wayTo(copy, page));
      const { onRetry, onTried } = request;
      const own = { resource, ways, keptUrl: kept?.url ?? null, onRetry, onTried, signal };
      return openCopyTries({ ...options, ...own });
    },
    hide: (text) => archive.hide(repository?.hide(text) ?? text),
    quota: async () => null,
    forMore: null,
    reach: archive.reach,
    async close() {
      archive.close();
      repository?.close();
    },
  };
}

function notOfCaptures({ archiveUrl, settings }: ArchiveOptions): PipelineError {
  return new PipelineError(
    `Cannot use ${settings.archiveUrl} ${JSON.stringify(maskUrl(archiveUrl))}: it is not the address of a capture`,
    {
      code: 'usage',
      hint: 'Use an address of the form https://web.archive.org/web/20260605id_/https://api.example.com',
    },
  );
}
