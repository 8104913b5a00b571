import { PipelineError } from '../../core/errors.ts';

const HEADER_BYTES = 5;
const READY = 'Z';
const ERROR = 'E';
/**
 * The responses to Parse, Bind and Execute. The response to Execute is complete, empty or suspended, or it starts a
 * copy.
 */
const ANSWERS = { P: '1', B: '2', E: 'CIsGHW' } as const;

/**
 * PGlite does not survive some statements, such as one that converts text from UTF-8 or is nested a million levels
 * deep. It responds neither to such a statement nor to any later one, or it sends only the end of a response. This must
 * not look like an empty result.
 */
export function watchAnswer(request: Buffer) {
  const asked = countMessages();
  asked.push(request);
  const answered = countMessages();
  return {
    /** Reads the next bytes of the response immediately, because the caller may overwrite them afterwards. */
    push: answered.push,
    /** Throws `database` if part of the response is missing. */
    check(): void {
      const last = asked.last();
      if ((last === 'Q' || last === 'S') && answered.last() !== READY) throw lostStatement();
      // After an error, PostgreSQL skips the messages that follow.
      if (answered.count(ERROR) > 0) return;
      for (const [message, answers] of Object.entries(ANSWERS)) {
        if (answered.count(answers) < asked.count(message)) throw lostStatement();
      }
    },
  };
}

/** Counts PostgreSQL messages by type letter, no matter how they are split into parts. */
function countMessages() {
  const counts = new Map<string, number>();
  const header = Buffer.alloc(HEADER_BYTES);
  let headerBytes = 0;
  let leftBytes = 0;
  let last: string | null = null;

  return {
    push: (part: Buffer): void => {
      for (let at = 0; at < part.length;) {
        if (headerBytes < HEADER_BYTES) {
          header[headerBytes++] = part[at++] ?? 0;
          // The length includes itself, but not the letter.
          if (headerBytes === HEADER_BYTES) leftBytes = header.readInt32BE(1) - 4;
        } else {
          const skipped = Math.min(leftBytes, part.length - at);
          leftBytes -= skipped;
          at += skipped;
        }
        if (headerBytes < HEADER_BYTES || leftBytes > 0) continue;
        last = header.toString('latin1', 0, 1);
        counts.set(last, (counts.get(last) ?? 0) + 1);
        headerBytes = 0;
      }
    },
    count: (letters: string) => letters.split('').reduce((sum, letter) => sum + (counts.get(letter) ?? 0), 0),
    /** The letter of the last complete message. */
    last: () => (headerBytes === 0 ? last : null),
  };
}

function lostStatement(): PipelineError {
  return new PipelineError('Cannot continue: the embedded database lost a statement, which had no effect', {
    code: 'database',
    hint: 'The embedded database does not support some statements, such as those that convert text from UTF-8 or are nested very deeply. Use a PostgreSQL server instead: --database-url.',
  });
}
