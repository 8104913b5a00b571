import { createHandler } from '../handler.ts';
import { serve, type Served } from '../serve.ts';
import { readPort, readWorld, type WorldOptions } from '../world.ts';
import { CAPTURES, createBodies, recordingFile, RECORDINGS } from './copies.ts';
import { parseWaybackFaults } from './faults.ts';
import { createWaybackHandler, RECORDINGS_PATH } from './handler.ts';
import { recordingOf } from './recordings.ts';
import { createWaybackLog, type WaybackRequest } from './request-log.ts';
import { sha256Of } from '../../lib/sha256.ts';

export type WaybackOptions = WorldOptions & {
  /** Default: 0, for any free port. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** Faults of the API that is served together with the copies. See FAULTS_HELP. */
  readonly faults?: string | undefined;
  /** Faults of the copies. See WAYBACK_FAULTS_HELP. */
  readonly waybackFaults?: string | undefined;
  /** Faults by target: `{ 'captures/rockets': 'wrong-etag' }`; `rockets` alone means all copies of it. */
  readonly behaviors?: Readonly<Record<string, string>> | undefined;
  /** The resources with captures, each with its 14-digit timestamps. */
  readonly captures?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The resources with a recording. */
  readonly recordings?: readonly string[] | undefined;
  /** Bodies that replace the simulated ones, by resource, or by `captures/RESOURCE` and `recordings/RESOURCE`. */
  readonly bodies?: Readonly<Record<string, Buffer>> | undefined;
  /** Whether to mark responses as simulated. Default: true. */
  readonly marked?: boolean | undefined;
};

export type Wayback = Served & {
  /** For SPACEX_PIPELINE_ARCHIVE_URL. */
  readonly archiveUrl: string;
  /** For SPACEX_PIPELINE_RECORDINGS_URL. */
  readonly recordingsUrl: string;
  /** The checksum of each recording. */
  readonly pins: () => Readonly<Record<string, Pin>>;
  /** The latest thousand requests, oldest first. */
  readonly requests: () => readonly WaybackRequest[];
};

export type Pin = {
  readonly file: string;
  readonly sha256: string;
  readonly etag: string | null;
  readonly recordedAt: string;
};

const LOGGED_REQUESTS = 1000;
/** The limit on the number of launches, because every body is kept in memory. */
const MOST_LAUNCHES = 100_000;
const DAY = '20260605';

/**
 * Serves copies of simulated records, as the Internet Archive and a repository of recordings serve copies of real
 * records. Also serves the API. Throws PipelineError `usage` if an option is invalid or the address is unavailable.
 */
export async function startWayback(options: WaybackOptions = {}): Promise<Wayback> {
  const {
    host = '127.0.0.1',
    captures = CAPTURES,
    recordings = Object.keys(RECORDINGS),
    marked = true,
  } = options;
  const port = readPort(options.port);
  const world = readWorld(options, MOST_LAUNCHES);
  const bodies = createBodies(world, options.bodies ?? {});
  const faults = [
    ...parseWaybackFaults(options.waybackFaults ?? ''),
    ...Object.entries(options.behaviors ?? {}).flatMap(([path, spec]) =>
      parseWaybackFaults(spec).map((fault) => ({ ...fault, path })),
    ),
  ];
  const log = createWaybackLog(LOGGED_REQUESTS);
  const api = createHandler(world.seed, world.launches, world.revision, options.faults ?? '');
  const copies = createWaybackHandler({ captures, recordings, bodies, faults });
  const served = await serve(
    async (request, response, signal) => {
      log.add(request, response);
      if (!(await copies({ request, response, signal }))) await api(request, response, signal);
    },
    { port, host, marked },
  );
  return {
    ...served,
    archiveUrl: `${served.url}/web/${DAY}id_/https://api.spacexdata.com`,
    recordingsUrl: served.url + RECORDINGS_PATH,
    requests: log.list,
    pins: () =>
      Object.fromEntries(
        recordings.flatMap((resource) => {
          const recording = recordingOf(resource, bodies, []);
          if (recording === null) return [];
          const sha256 = sha256Of(recording.file);
          const { etag, recordedAt } = recording;
          return [[resource, { file: recordingFile(resource), sha256, etag, recordedAt }]];
        }),
      ),
  };
}
