import type { Output } from './context.ts';

export type WatchedOutput = Output & {
  /** Whether anything was written. */
  readonly isUsed: () => boolean;
};

/** Wraps the output to record whether it was used. */
export function watchOutput(output: Output): WatchedOutput {
  let used = false;
  return {
    write(text) {
      used = true;
      return output.write(text);
    },
    isUsed: () => used,
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
  };
}
