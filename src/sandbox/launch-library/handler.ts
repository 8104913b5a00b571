import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Collection } from '../collection.ts';
import { createFaultGate, type Exchange } from '../fault-answers.ts';
import type { FaultTurns } from '../fault-turns.ts';
import { sendBody, sendHtml } from '../send.ts';
import type { Handler } from '../serve.ts';
import { arrayText, createShape, isGone, recordText, type Shape } from '../shape.ts';
import { showIn, type Mode } from './modes.ts';
import { pageOf, type Page } from './page.ts';
import { readQuery } from './query.ts';
import { clientOf, refuse, throttleState, type Limits } from './throttle.ts';
import type { LaunchWorld, Listed } from './world.ts';

export type Service = {
  readonly seed: number;
  readonly faults: string;
  readonly world: LaunchWorld;
  /** The current time of the simulated world, in milliseconds since 1970. */
  readonly time: () => number;
  readonly limits: Limits;
  /** The `Date` header at that time; null if there is none. */
  readonly date: (time: number) => number | null;
  /** Called before each response, which reflects any changes that the function makes to the world. */
  readonly beforeAnswer: (path: string) => void | Promise<void>;
  /** Called when the launches for a response have been determined. */
  readonly moveOn: () => void;
};

const LAUNCHES = '/2.3.0/launches/';
const THROTTLE = '/2.3.0/api-throttle/';
const NOT_FOUND = '<!doctype html><html lang="en"><head><title>Not Found</title></head><body></body></html>';

/** Creates the function that answers requests. Throws PipelineError `usage` immediately if the faults are invalid. */
export function createHandler(service: Service): Handler {
  const gate = createFaultGate(service.faults);

  return async (request, response, signal) => {
    const url = urlOf(request);
    await service.beforeAnswer(url.pathname + url.search);
    setDate(response, service.date(service.time()));
    const exchange = { request, response, signal };
    const turns = await gate(exchange, url.pathname);
    if (turns === null) return;

    const id = idIn(url.pathname);
    if (url.pathname === THROTTLE) return answerThrottle(service, exchange, turns);
    if (url.pathname !== LAUNCHES && id === null) return answerNothing(response, url);
    const wait = service.limits.quota.take(...clientOf(request, service.limits));
    if (wait !== null) return refuse(response, wait, service.limits);
    if (!isRead(exchange)) return;
    await answerLaunches(service, exchange, turns, url, id);
  };
}

async function answerThrottle(service: Service, exchange: Exchange, turns: FaultTurns): Promise<void> {
  if (!isRead(exchange)) return;
  const { request, response, signal } = exchange;
  const state = throttleState(request, service.limits);
  await sendBody(request, response, [JSON.stringify(state)], turns.take('sending', THROTTLE), signal);
}

async function answerLaunches(
  service: Service,
  { request, response, signal }: Exchange,
  turns: FaultTurns,
  url: URL,
  id: string | null,
): Promise<void> {
  const shape = createShape(service.seed, turns.take('content', url.pathname));
  const standing = service.world.at(service.time()).filter((launch) => !isGone(shape, lotOf(launch)));
  service.moveOn();
  // These faults apply to the page as a whole: removed launches are not counted, and a byte order mark precedes the
  // page.
  const inside = { ...shape, goneShare: 0, bom: false };
  const read = readQuery(url.searchParams);
  if ('errors' in read) return sendJson(response, 400, read.errors);
  const body =
    id === null
      ? pageText(pageOf(standing, read.query, url), read.query.mode, inside)
      : oneText(standing, id, url.searchParams.has('mode') ? read.query.mode : 'detailed', inside);
  if (body === null) return sendJson(response, 404, { detail: 'Not found.' });
  const pieces = shape.bom ? ['\u{feff}', ...body] : body;
  await sendBody(request, response, pieces, turns.take('sending', url.pathname), signal);
}

function* pageText(
  { count, next, previous, launches }: Page,
  mode: Mode,
  shape: Shape,
): Generator<string | Buffer, void, undefined> {
  const links = `"next":${JSON.stringify(next)},"previous":${JSON.stringify(previous)}`;
  yield `{"count":${count},${links},"results":`;
  yield* arrayText(collectionOf(launches, mode), shape, () => true);
  yield '}';
}

function oneText(
  standing: readonly Listed[],
  id: string,
  mode: Mode,
  shape: Shape,
): Iterable<string | Buffer> | null {
  const found = standing.filter((launch) => launch.id === id);
  return found.length === 0 ? null : [recordText(collectionOf(found, mode), shape, 0)];
}

function collectionOf(launches: readonly Listed[], mode: Mode): Collection {
  const at = (index: number): Listed => {
    const launch = launches[index];
    if (launch === undefined) throw new RangeError(`no launch has index ${index}`);
    return launch;
  };
  return {
    name: 'launch-library',
    count: launches.length,
    id: (index) => at(index).id,
    indexOf: (id) => launches.findIndex((launch) => launch.id === id),
    json: (index) => JSON.stringify(showIn(mode, at(index).record())),
    lot: (index) => lotOf(at(index)),
  };
}

/** Derived from the id, so that a fault affects the same launches on every page. */
function lotOf({ id }: Listed): number {
  return createHash('md5').update(id).digest().readUInt32BE();
}

function idIn(path: string): string | null {
  return /^\/2\.3\.0\/launches\/([0-9a-f-]{36})\/$/.exec(path)?.[1] ?? null;
}

/** The requested URL, with the host name that the client used. */
function urlOf({ headers, socket, url = '/' }: IncomingMessage): URL {
  const { localAddress = '127.0.0.1', localPort = 80 } = socket;
  return new URL(url, `http://${headers.host ?? `${localAddress}:${localPort}`}`);
}

function setDate(response: ServerResponse, time: number | null): void {
  if (time === null) response.sendDate = false;
  else response.setHeader('Date', new Date(time).toUTCString());
}

/** Like Django, redirects to the path with a trailing slash, if that path exists. */
function answerNothing(response: ServerResponse, { pathname, search }: URL): void {
  const withSlash = `${pathname}/`;
  if (![LAUNCHES, THROTTLE].includes(withSlash) && idIn(withSlash) === null) {
    sendHtml(response, 404, NOT_FOUND);
    return;
  }
  response.writeHead(301, { Location: withSlash + search }).end();
}

/** Whether the method is GET or HEAD. If not, sends a 405 response. */
function isRead({ request, response }: Exchange): boolean {
  const { method = '' } = request;
  response.setHeader('Allow', 'GET, HEAD, OPTIONS');
  response.setHeader('Vary', 'Accept');
  if (method === 'GET' || method === 'HEAD') return true;
  sendJson(response, 405, { detail: `Method "${method}" not allowed.` });
  return false;
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
