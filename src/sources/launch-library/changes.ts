import type { PageQuery } from '../../core/paging.ts';
import type { ResourceChanges } from '../../core/resource.ts';
import type { ChangesRules } from '../../core/source.ts';

export const changesRules: ChangesRules = {
  // The API returns at most 100, even if more are requested.
  pageSize: { default: 100, max: 100 },
  fullAfterHours: 24,
  settleSeconds: 600,
  scope: {
    setting: 'provider',
    default: '121',
    description:
      'The id of the launch service provider whose launches are pulled, such as "121" for SpaceX, or "all".',
  },
};

export const launchChanges: ResourceChanges = {
  member: 'results',
  changedAt: 'last_updated',
  query(ask, { pageSize, scope }) {
    const provider = scope === 'all' ? {} : { lsp__id: scope };
    return queryString({ ...provider, mode: 'detailed', limit: String(pageSize), ...changedSince(ask) });
  },
};

function changedSince(ask: PageQuery): Readonly<Record<string, string>> {
  if (ask.by === 'id') {
    const { from, offset, to } = ask;
    return {
      ordering: 'id',
      last_updated__gte: from,
      last_updated__lte: to,
      ...(offset > 0 && { offset: String(offset) }),
    };
  }
  return { ordering: 'last_updated', ...(ask.from !== null && { last_updated__gte: ask.from }) };
}

/** Does not escape colons, which are allowed in a query, so that times are easier to read. */
function queryString(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%3A', ':')}`)
    .join('&');
}
