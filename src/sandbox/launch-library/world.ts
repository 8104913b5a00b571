/** A launch as the service returns it, in any mode. */
export type LaunchRecord = Readonly<Record<string, unknown>>;

/** A launch that is listed at a given time: the fields that queries use, and the record in its most detailed mode. */
export type Listed = {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly net: number;
  /** Milliseconds since 1970; the record shows whole seconds. */
  readonly updated: number;
  /** The id of the launch service provider; null if there is none. */
  readonly provider: number | null;
  readonly record: () => LaunchRecord;
};

export type LaunchWorld = {
  /**
   * The launches that are listed at the given time, in milliseconds since 1970. Contains each launch once, in any
   * order.
   */
  readonly at: (time: number) => readonly Listed[];
};

export type LaunchState =
  | {
      readonly record: LaunchRecord;
      /** When the state takes effect; default: its `last_updated`. */
      readonly from?: number | undefined;
    }
  | {
      /** The id of a launch that is removed. */
      readonly gone: string;
      readonly from: number;
    };

/**
 * A world in which each state of a launch lasts until its next state. If several states have the same time, the last
 * one counts.
 */
export function createWorld(states: readonly LaunchState[]): LaunchWorld {
  const histories = new Map<string, { from: number; listed: Listed | null }[]>();
  for (const state of states) {
    const listed = 'gone' in state ? null : list(state.record);
    const id = 'gone' in state ? state.gone : (listed?.id ?? '');
    const history = histories.get(id) ?? [];
    histories.set(id, history);
    history.push({ from: state.from ?? listed?.updated ?? 0, listed });
  }
  for (const history of histories.values()) history.sort((one, other) => one.from - other.from);
  return {
    at: (time) =>
      [...histories.values()].flatMap(
        (history) => history.findLast(({ from }) => from <= time)?.listed ?? [],
      ),
  };
}

/** Lists even a broken record, with whatever fields it can read. */
function list(record: LaunchRecord): Listed {
  const { id, name, net, last_updated: updated, launch_service_provider: provider } = record;
  return {
    id: String(id),
    name: String(name),
    net: timeOf(net),
    updated: timeOf(updated),
    provider: providerId(provider),
    record: () => record,
  };
}

function timeOf(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? 0 : time;
}

function providerId(provider: unknown): number | null {
  if (typeof provider !== 'object' || provider === null || !('id' in provider)) return null;
  return typeof provider.id === 'number' ? provider.id : null;
}
