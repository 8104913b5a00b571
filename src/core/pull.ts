/**
 * How a resource is pulled. `snapshot`: the complete collection each time. `changes`: only changes since the last
 * pull, and the complete collection from time to time.
 */
export type Pull = 'snapshot' | 'changes';

/** What one pull returns: the complete collection, or only what has changed. */
export type Pass = 'full' | 'changes';

/** The rules for each pass, defined only here. */
export const PASS_RULES: Readonly<Record<Pass, PassRules>> = {
  full: { deletes: true, mayBeEmpty: false },
  changes: { deletes: false, mayBeEmpty: true },
};

type PassRules = {
  /** Whether rows are deleted if no record arrived for them. (Not if too many would vanish at once.) */
  readonly deletes: boolean;
  /** Whether an empty collection is valid. */
  readonly mayBeEmpty: boolean;
};

/** The scope of an incremental pull. A different address, or a different part of the collection, has its own chain. */
export function scopeOf(address: string, narrowedTo: string): string {
  return `${address} ${narrowedTo}`;
}

/** Formats a scope for people: `provider 121 at https://…`. `setting` names the setting that narrows the scope. */
export function describeScope(scope: string, setting: string): string {
  const space = scope.lastIndexOf(' ');
  return `${setting} ${scope.slice(space + 1)} at ${scope.slice(0, space)}`;
}
