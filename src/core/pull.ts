/**
 * How a resource is pulled. `snapshot`: the complete collection each time. `changes`: what has changed since the last
 * pull, and from time to time the complete collection.
 */
export type Pull = 'snapshot' | 'changes';

/** What one pull returns: the complete collection, or only what has changed. */
export type Pass = 'full' | 'changes';

/** What follows from that: the only place that decides it. */
export const PASS_RULES: Readonly<Record<Pass, PassRules>> = {
  full: { deletes: true, mayBeEmpty: false },
  changes: { deletes: false, mayBeEmpty: true },
};

type PassRules = {
  /** Are rows deleted if no record arrived for them? Not if too many vanish at once. */
  readonly deletes: boolean;
  /** May a collection be empty without an error? */
  readonly mayBeEmpty: boolean;
};

/** The scope of a pull of changes. Another address, or another part of the collection, has a chain of its own. */
export function scopeOf(address: string, narrowedTo: string): string {
  return `${address} ${narrowedTo}`;
}

/** For people: `provider 121 at https://…`. `setting` is the setting that narrows the scope. */
export function describeScope(scope: string, setting: string): string {
  const space = scope.lastIndexOf(' ');
  return `${setting} ${scope.slice(space + 1)} at ${scope.slice(0, space)}`;
}
