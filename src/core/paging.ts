/**
 * Asking a collection for what has changed, page by page. A page goes on from the time of the last record of the page
 * before, never from an offset: records that change meanwhile move to the end, and come again instead of pushing others
 * out of sight. Only records that share one time are counted through, in an order in which they do not move.
 */

/** What one request asks for. Times are ISO 8601. */
export type Ask =
  /** Records that changed at `from` or later, the oldest change first; null for all. */
  | { readonly by: 'change'; readonly from: string | null }
  /** Records that changed from `from` up to `to`, by id, beginning at the offset. */
  | {
      readonly by: 'id';
      readonly from: string;
      readonly to: string;
      readonly offset: number;
      /** How many there were when the count began; null before. */
      readonly total: number | null;
    };

/** What a page says about the next one. */
export type PageFacts = {
  readonly records: number;
  /** When its first and its last record changed; null on an empty page, and where they do not say. */
  readonly first: string | null;
  readonly last: string | null;
  /** Does the API say that there are more? */
  readonly more: boolean;
  /** How many records the request has found, on all pages; null where the API does not say. */
  readonly total: number | null;
};

/** The next request; null after the last page. Throws where the pages lead nowhere. */
export function nextAsk(ask: Ask, page: PageFacts): Ask | null {
  if (ask.by === 'id') return nextById(ask, page);
  if (!page.more) return null;
  if (page.last === null)
    throw new Error('it says that more records follow, but its page has no time to continue from');
  // Some APIs keep parts of a second that they do not show.
  const from = wholeSecond(page.last);
  const isOneTime = page.first !== null && wholeSecond(page.first) === from;
  return isOneTime
    ? { by: 'id', from, to: secondAfter(from), offset: 0, total: null }
    : { by: 'change', from };
}

function nextById(ask: Extract<Ask, { readonly by: 'id' }>, page: PageFacts): Ask {
  const { from, offset, to, total } = ask;
  // One of them has changed, and all behind it have moved up.
  if (total !== null && page.total !== total) return { ...ask, offset: 0, total: null };
  if (!page.more) return { by: 'change', from: to };
  if (page.records === 0) throw new Error('it says that more records follow an empty page');
  return { by: 'id', from, to, offset: offset + page.records, total: page.total };
}

function wholeSecond(time: string): string {
  const ms = Date.parse(time);
  return new Date(ms - (ms % 1000)).toISOString().replace('.000Z', 'Z');
}

function secondAfter(time: string): string {
  return wholeSecond(new Date(Date.parse(time) + 1000).toISOString());
}
