import { setTimeout } from 'node:timers/promises';

import { createFaultTurns } from '../fault-turns.ts';
import { CDX_PATH, cdxAnswer, readCdxQuery, rowsOf } from './cdx.ts';
import { recordingFile, type Bodies } from './copies.ts';
import type { FindFault, WaybackFault } from './faults.ts';
import { ownAnswer } from './own-answers.ts';
import { NOT_ARCHIVED, page } from './pages.ts';
import { createPlayback } from './playback.ts';
import { recordingAnswer, recordingOf } from './recordings.ts';
import { send, type Exchange } from './send.ts';
import { readVisit } from './visit.ts';

type Copies = {
  readonly captures: Readonly<Record<string, readonly string[]>>;
  readonly recordings: readonly string[];
  readonly bodies: Bodies;
  readonly faults: readonly WaybackFault[];
};

export const RECORDINGS_PATH = '/recordings';
const PLAYBACK = /^\/web\/(?<timestamp>\d{1,14})(?<flag>[a-z]{2}_)?\/(?<original>.+)$/;

/** Answers a request for a copy; false if the URL belongs neither to the archive nor to the recordings. */
export function createWaybackHandler(copies: Copies): (exchange: Exchange) => Promise<boolean> {
  const { captures, recordings, bodies, faults } = copies;
  const turns = createFaultTurns(faults);
  const find: FindFault = (name, path) =>
    faults.find((fault) => fault.name === name && path.includes(fault.path));
  const playback = createPlayback(captures, bodies, { take: turns.take, find });
  const taken = (effects: readonly WaybackFault['effect'][], path: string): readonly WaybackFault[] =>
    effects.flatMap((effect) => turns.take(effect, path));

  /** Returns true if a fault for this path has sent the response. */
  async function isAnswered(exchange: Exchange, path: string): Promise<boolean> {
    for (const { amount } of turns.take('wait', path)) {
      await setTimeout(amount, undefined, { signal: exchange.signal });
    }
    const fault = turns.takeAnswer(path);
    if (fault === undefined) return false;
    const answer = ownAnswer(fault, path);
    if (answer === 'reset') exchange.request.socket.resetAndDestroy();
    else if (answer !== 'hang') await send(exchange, answer);
    return true;
  }

  async function play(exchange: Exchange, url: string): Promise<void> {
    const { timestamp = '', flag, original = '' } = PLAYBACK.exec(url)?.groups ?? {};
    if (flag !== 'id_') return send(exchange, page(400, 'This stand-in replays only id_ captures.'));
    const visit = readVisit(timestamp, original);
    if (visit === null) return send(exchange, NOT_ARCHIVED);
    if (await isAnswered(exchange, `captures/${visit.resource}/${timestamp}`)) return;
    const { answer, faults: left } = playback(visit, originOf(exchange));
    await send(exchange, answer, left);
  }

  async function record(exchange: Exchange, url: string): Promise<void> {
    const resource = recordings.find((name) => url === `${RECORDINGS_PATH}/${recordingFile(name)}`);
    if (resource === undefined) return send(exchange, page(404, 'Not found.'));
    const path = `recordings/${resource}`;
    if (await isAnswered(exchange, path)) return;
    const left = taken(['content', 'proof', 'encoding', 'sending'], path);
    const recording = recordingOf(resource, bodies, left);
    await send(exchange, recording === null ? page(404, 'Not found.') : recordingAnswer(recording), left);
  }

  async function search(exchange: Exchange, url: string): Promise<void> {
    const { searchParams } = new URL(url, originOf(exchange));
    const resource = readCdxQuery(searchParams);
    const path = `cdx/${resource ?? ''}`;
    if (await isAnswered(exchange, path)) return;
    const rows = resource === null ? [] : rowsOf(resource, captures[resource] ?? [], bodies, find);
    await send(exchange, cdxAnswer(rows, searchParams), taken(['encoding', 'sending'], path));
  }

  return async (exchange) => {
    const { url = '/' } = exchange.request;
    if (url.startsWith('/web/')) await play(exchange, url);
    else if (url.startsWith(`${CDX_PATH}?`)) await search(exchange, url);
    else if (url.startsWith(`${RECORDINGS_PATH}/`)) await record(exchange, url);
    else return false;
    return true;
  };
}

/** The requested URL, with the host name that the client used. */
function originOf({ request }: Exchange): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = request.socket;
  return `http://${request.headers.host ?? `${localAddress}:${localPort}`}`;
}
