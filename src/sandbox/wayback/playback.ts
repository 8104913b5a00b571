import { apiPath, type Bodies } from './copies.ts';
import type { FindFault, WaybackFault, WaybackFaultName } from './faults.ts';
import { NOT_ARCHIVED, redirect } from './pages.ts';
import { replay } from './replay.ts';
import type { Answer } from './send.ts';
import { nearest, timeOf, timestampOf } from './timestamps.ts';
import { canonical, type Visit } from './visit.ts';

type Faults = {
  /** Uses up a turn of each fault for this path. */
  readonly take: (effect: WaybackFault['effect'], path: string) => readonly WaybackFault[];
  readonly find: FindFault;
};

type Playback = (
  visit: Visit,
  origin: string,
) => { readonly answer: Answer; readonly faults: readonly WaybackFault[] };

/** The time between a capture and the capture to which it redirects. */
const MOVED_MS = 7000;
export function createPlayback(
  captures: Readonly<Record<string, readonly string[]>>,
  bodies: Bodies,
  turns: Faults,
): Playback {
  return (visit, origin) => {
    const { timestamp, original, resource } = visit;
    const link = (to: string, url = original): string => `${origin}/web/${to}id_/${url}`;
    const only = (answer: Answer): ReturnType<Playback> => ({ answer, faults: [] });

    const listed = captures[resource] ?? [];
    const body = bodies('captures', resource);
    const at = nearest(listed, timestamp);
    if (at === undefined || body === null) return only(NOT_ARCHIVED);
    const path = `captures/${resource}/${at}`;
    const has = (name: WaybackFaultName): boolean => turns.find(name, path) !== undefined;
    if (!visit.exactPath && !has('other-url')) return only(NOT_ARCHIVED);

    // The index does not list the capture at this timestamp.
    const beside = timestampOf(timeOf(at) + MOVED_MS);
    const isBeside = timestamp === beside && (has('moved') || has('loop'));
    if (timestamp !== at && !isBeside) return only(redirect(link(at, canonical(original)), at));
    if (isBeside && has('loop')) return only(redirect(link(at), at));
    if (!isBeside && visit.exactPath) {
      const [detour] = turns.take('redirect', path);
      const away = detour === undefined ? null : detourOf(detour.name, visit, beside);
      if (away !== null) return only(redirect(link(away.timestamp, away.original), away.timestamp));
    }

    const played = isBeside ? beside : at;
    const faults = ['replay', 'content', 'proof', 'encoding', 'sending'] as const;
    const taken = faults.flatMap((effect) => turns.take(effect, path));
    const answer = replay({ original, timestamp: played, listed, origin }, body, taken);
    return { answer, faults: taken };
  };
}

/** Where a capture redirects instead of being replayed. */
function detourOf(
  name: WaybackFaultName,
  { timestamp, original, resource }: Visit,
  beside: string,
): Pick<Visit, 'timestamp' | 'original'> | null {
  if (name === 'other-url') return { timestamp, original: `https://api.spacexdata.com/v3/${resource}` };
  if (name !== 'plain-http') return { timestamp: beside, original };
  if (original.startsWith('http:')) return null;
  return { timestamp, original: `http://api.spacexdata.com:80${apiPath(resource)}` };
}
