/**
 * How a resource is pulled. `snapshot`: the complete collection each time. `changes`: what has changed since the pull
 * before, and the complete collection now and then.
 */
export type Pull = 'snapshot' | 'changes';

/** What one pull brings: the complete collection, or what has changed. */
export type Pass = 'full' | 'changes';

/** What follows from what a pull brings. */
export type PassRules = {
  /** Are rows of which no record came deleted, as long as not too many vanish at once? */
  readonly deletes: boolean;
  /** Is a collection without a record an error? */
  readonly mayBeEmpty: boolean;
};

const RULES: Readonly<Record<Pass, PassRules>> = {
  full: { deletes: true, mayBeEmpty: false },
  changes: { deletes: false, mayBeEmpty: true },
};

/** What a pull by changes is of: another address, or another part of it, is another chain. */
export function scopeOf(address: string, narrowedTo: string): string {
  return `${address} ${narrowedTo}`;
}

/** For people: `provider 121 at https://…`. `setting` is the one that narrows it. */
export function describeScope(scope: string, setting: string): string {
  const space = scope.lastIndexOf(' ');
  return `${setting} ${scope.slice(space + 1)} at ${scope.slice(0, space)}`;
}

export function passRules(pass: Pass): PassRules {
  return RULES[pass];
}
