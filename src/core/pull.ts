/**
 * How a resource is pulled. `snapshot`: the complete collection each time. `changes`: what has changed since the last
 * pull, and from time to time the complete collection.
 */
export type Pull = 'snapshot' | 'changes';

/**
 * What one pull returns. `full`: the complete collection, so rows without a record are deleted, as long as not too many
 * vanish at once, and there must be a record. `changes`: only what has changed, which may be nothing.
 */
export type Pass = 'full' | 'changes';

/** The scope of a pull of changes. Another address, or another part of the collection, has a chain of its own. */
export function scopeOf(address: string, narrowedTo: string): string {
  return `${address} ${narrowedTo}`;
}

/** For people: `provider 121 at https://…`. `setting` is the setting that narrows the scope. */
export function describeScope(scope: string, setting: string): string {
  const space = scope.lastIndexOf(' ');
  return `${setting} ${scope.slice(space + 1)} at ${scope.slice(0, space)}`;
}
