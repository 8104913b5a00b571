import type { Resource } from './resource.ts';

/** How a resource is pulled. `snapshot`: the complete collection each time. */
export type Pull = 'snapshot';

/** What follows from how a resource is pulled. */
export type PullRules = {
  /** Are rows of which no record came deleted, as long as not too many vanish at once? */
  readonly deletes: boolean;
  /** Is a collection without a record an error? */
  readonly mayBeEmpty: boolean;
};

const RULES: Readonly<Record<Pull, PullRules>> = {
  snapshot: { deletes: true, mayBeEmpty: false },
};

export function pullRules({ pull }: Resource): PullRules {
  return RULES[pull];
}
