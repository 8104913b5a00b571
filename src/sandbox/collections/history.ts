import { collectionOf, type Collection } from '../collection.ts';
import { isoSeconds } from '../iso-time.ts';
import { roll } from '../random.ts';
import { launchSeconds } from '../universe/seasons.ts';
import type { Universe } from '../universe/universe.ts';

const EVENT = 111;
/** One event for this number of launches. */
const LAUNCHES_PER_EVENT = 16;
const TITLES = [
  'First "quiet" countdown',
  'A soft landing',
  'Three in a month',
  'Zum ersten Mal bei Nacht',
] as const;

/** Events of past launches. Their dates are the only dates in the API without milliseconds. */
export function createHistory({ seed, past, ids }: Universe): Collection {
  const count = Math.max(1, Math.ceil(past / LAUNCHES_PER_EVENT));
  return collectionOf('history', ids.history, count, (index, id) => {
    const die = roll(seed, index, EVENT);
    const launch = index * LAUNCHES_PER_EVENT;
    const seconds = launchSeconds(seed, launch);
    return {
      links: { article: die % 3 === 0 ? null : `http://news.example.org/simulated/history/${index}` },
      title: `Simulated: ${TITLES[(die >>> 8) % TITLES.length]}`,
      event_date_utc: `${isoSeconds(seconds)}Z`,
      event_date_unix: seconds,
      details: die % 7 === 0 ? null : `Simulated. It was mission ${launch + 1}, and nothing went as planned.`,
      id,
    };
  });
}
