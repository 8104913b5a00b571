/** Commands that change settings. They may discard settings that the client started with. */
const SETTING_COMMANDS = ['SET', 'RESET', 'DISCARD ALL'];

const COMMAND_COMPLETE = 0x43;
const READY_FOR_QUERY = 0x5a;
const FAILED = 0x45;

export type AnswerReader = ReturnType<typeof createAnswerReader>;

/** Reads the messages of a response, using bounded memory. */
export function createAnswerReader() {
  /** The number of bytes still missing from the current message. */
  let left = 0;
  let rest: Buffer = Buffer.alloc(0);
  let changedSettings = false;

  return {
    /**
     * Accepts the next bytes of the response and returns the bytes that may be sent. Holds back the last message, which
     * indicates that the engine is ready.
     */
    push(data: Uint8Array): Buffer {
      // Copied, because the engine reuses its memory.
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
    /** The message that was held back; empty if there was none. */
    ready: (): Buffer => rest,
    /** Whether the transaction has failed, so that no query can run in it. */
    failed: () => rest.at(-1) === FAILED,
    /** Whether a command has changed settings. */
    changedSettings: () => changedSettings,
  };
}
