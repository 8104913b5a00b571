/** Commands that change settings, by which a client may have lost those that it started with. */
const SETTING_COMMANDS = ['SET', 'RESET', 'DISCARD ALL'];

const COMMAND_COMPLETE = 0x43;
const READY_FOR_QUERY = 0x5a;
const FAILED = 0x45;

/** Follows the messages of an answer, in bounded memory. */
export type AnswerReader = {
  /** The next bytes of the answer, as they may be sent: all but the message that the engine is ready, which is last. */
  readonly push: (data: Uint8Array) => Buffer;
  /** The message that was held back, empty where there was none. */
  readonly ready: () => Buffer;
  /** Is the transaction a failed one, in which nothing can be asked? */
  readonly failed: () => boolean;
  /** Has a command changed settings? */
  readonly changedSettings: () => boolean;
};

export function createAnswerReader(): AnswerReader {
  /** Bytes of the message at hand that are still to come, whatever they are. */
  let left = 0;
  let rest: Buffer = Buffer.alloc(0);
  let changedSettings = false;

  return {
    push(data) {
      // A copy: the engine uses its memory again.
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
