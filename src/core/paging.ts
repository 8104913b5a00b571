/**
 * Requests the changes in a collection page by page. A page continues from the time of the last record on the page
 * before, never from an offset: records that change in the meantime move to the end and are received again, and no
 * record is skipped. An offset is used only within records that share one time, in an order in which they do not move.
 */

/** What one request asks for. Times are ISO 8601. */
export type PageQuery =
  /** Records that changed at `from` or later, the oldest change first; null for all. */
  | { readonly by: 'change'; readonly from: string | null }
  /** Records that changed from `from` up to `to`, by id, beginning at the offset. */
  | {
      readonly by: 'id';
      readonly from: string;
      readonly to: string;
      readonly offset: number;
      /** The total on the first of these pages; null before it. */
      readonly total: number | null;
    };

/** What a page reveals about the next one. */
export type PageFacts = {
  readonly records: number;
  /** When its first and its last record changed; null on an empty page, or if the records do not say. */
  readonly first: string | null;
  readonly last: string | null;
  /** Does the API say that there are more? */
  readonly more: boolean;
  /** The number of records on all pages of the request; null if the API does not say. */
  readonly total: number | null;
};

/** The next request; null after the last page. Throws if the pages lead nowhere. */
export function nextPageQuery(ask: PageQuery, page: PageFacts): PageQuery | null {
  if (ask.by === 'id') return nextById(ask, page);
  if (!page.more) return null;
  if (page.last === null)
    throw new Error('it says that more records follow, but its page has no time to continue from');
  // Some APIs order by fractions of a second that they do not show.
  const from = wholeSecond(page.last);
  const isOneTime = page.first !== null && wholeSecond(page.first) === from;
  return isOneTime
    ? { by: 'id', from, to: secondAfter(from), offset: 0, total: null }
    : { by: 'change', from };
}

function nextById(ask: Extract<PageQuery, { readonly by: 'id' }>, page: PageFacts): PageQuery {
  const { from, offset, to, total } = ask;
  // A record changed, so all records after it have moved up.
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
