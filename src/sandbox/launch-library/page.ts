import { createHash } from 'node:crypto';

import type { Order, OrderField, Query } from './query.ts';
import type { Listed } from './world.ts';

export type Page = {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly launches: readonly Listed[];
};

const BY_NET: Order = { field: 'net', descending: false };

const COMPARE: Readonly<Record<OrderField, (one: Listed, other: Listed) => number>> = {
  id: (one, other) => compareText(one.id, other.id),
  name: (one, other) => compareText(one.name, other.name),
  net: (one, other) => one.net - other.net,
  last_updated: (one, other) => one.updated - other.updated,
};

/** The page of these launches that the query requests. `url` is the requested URL. */
export function pageOf(launches: readonly Listed[], query: Query, url: URL): Page {
  const { limit, offset } = query;
  const ordered = inOrder(launches.filter(query.wanted), query);
  const end = offset + limit;
  return {
    count: ordered.length,
    next: end < ordered.length ? linkTo(url, limit, end) : null,
    previous: offset > 0 ? linkTo(url, limit, Math.max(0, offset - limit)) : null,
    launches: ordered.slice(offset, end),
  };
}

/** A database does not guarantee the order of rows with equal sort values, so the order differs between pages here. */
function inOrder(launches: readonly Listed[], { ordering, limit, offset }: Query): readonly Listed[] {
  const orders = ordering.length === 0 ? [BY_NET] : ordering;
  const lots = new Map<Listed, string>();
  const lotOf = (launch: Listed): string => {
    const lot = lots.get(launch) ?? createHash('md5').update(`${limit} ${offset} ${launch.id}`).digest('hex');
    lots.set(launch, lot);
    return lot;
  };
  return launches.toSorted((one, other) => {
    for (const { field, descending } of orders) {
      const difference = COMPARE[field](one, other);
      if (difference !== 0) return descending ? -difference : difference;
    }
    return compareText(lotOf(one), lotOf(other));
  });
}

/** The URL of the next or previous page. Keeps the other parameters and sorts them by name, as the service does. */
function linkTo(url: URL, limit: number, offset: number): string {
  const link = new URL(url);
  link.searchParams.set('limit', String(limit));
  if (offset > 0) link.searchParams.set('offset', String(offset));
  else link.searchParams.delete('offset');
  link.searchParams.sort();
  return link.href;
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
