/**
 * Requests the changes in a collection page by page. A page continues from the time of the last record on the previous
 * page, never from an offset: a record that changes between two requests moves to the end and is received again, so no
 * record is skipped. An offset is used only among records that share one time, in an order that does not change.
 */

/** The query of one request. Times are ISO 8601. */
export type PageQuery =
  /** Records that changed at `from` or later, oldest change first; null for all records. */
  | { readonly by: 'change'; readonly from: string | null }
  /** Records that changed between `from` and `to`, ordered by id, starting at the offset. */
  | {
      readonly by: 'id';
      readonly from: string;
      readonly to: string;
      readonly offset: number;
      /** The total that the first of these pages reported; null before that page. */
      readonly total: number | null;
    };

/** The facts about a page that determine the next request. */
export type PageFacts = {
  readonly records: number;
  /**
   * When the first and the last record changed; null on an empty page, or if the records do not contain these times.
   */
  readonly first: string | null;
  readonly last: string | null;
  /** Whether the API reports that there are more records. */
  readonly more: boolean;
  /** The number of records on all pages of the request; null if the API does not report it. */
  readonly total: number | null;
};

/** The next request; null after the last page. Throws if the page provides no way to continue. */
export function nextPageQuery(ask: PageQuery, page: PageFacts): PageQuery | null {
  if (ask.by === 'id') return nextById(ask, page);
  if (!page.more) return null;
  if (page.last === null)
    throw new Error('it indicates that more records follow, but its page has no timestamp to continue from');
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
  if (page.records === 0) throw new Error('it indicates that more records follow an empty page');
  return { by: 'id', from, to, offset: offset + page.records, total: page.total };
}

function wholeSecond(time: string): string {
  const ms = Date.parse(time);
  return new Date(ms - (ms % 1000)).toISOString().replace('.000Z', 'Z');
}

function secondAfter(time: string): string {
  return wholeSecond(new Date(Date.parse(time) + 1000).toISOString());
}
