/** Commands that change settings: a client may lose the settings that it started with. */
const SETTING_COMMANDS = ['SET', 'RESET', 'DISCARD ALL'];

const COMMAND_COMPLETE = 0x43;
const READY_FOR_QUERY = 0x5a;
const FAILED = 0x45;

/** Reads the messages of an answer, in bounded memory. */
export type AnswerReader = {
  /**
   * Takes the next bytes of the answer; returns those that may be sent. Keeps back the last message, which says that
   * the engine is ready.
   */
  readonly push: (data: Uint8Array) => Buffer;
  /** The message that was kept back; empty if there was none. */
  readonly ready: () => Buffer;
  /** Has the transaction failed, so that nothing can be queried in it? */
  readonly failed: () => boolean;
  /** Has a command changed settings? */
  readonly changedSettings: () => boolean;
};

export function createAnswerReader(): AnswerReader {
  /** Remaining bytes of the current message, whatever they are. */
  let left = 0;
  let rest: Buffer = Buffer.alloc(0);
  let changedSettings = false;

  return {
    push(data) {
      // A copy, because the engine reuses its memory.
      const bytes = Buffer.concat([rest, data]);
      let at = Math.min(left, bytes.length);
      left -= at;
      while (bytes.length - at >= 5) {
        const type = bytes[at] ?? 0;
        const end = at + 1 + bytes.readUInt32BE(at + 1);
        if (type === READY_FOR_QUERY && end >= bytes.length) break;
        if (type === COMMAND_COMPLETE) {
          if (end > bytes.length) break;
          changedSettings ||= SETTING_COMMANDS.includes(bytes.toString('latin1', at + 5, end - 1));
        }
        at = Math.min(end, bytes.length);
        left = end - at;
      }
      rest = bytes.subarray(at);
      return bytes.subarray(0, at);
    },
    ready: () => rest,
    failed: () => rest.at(-1) === FAILED,
    changedSettings: () => changedSettings,
  };
}
