import { PipelineError } from '../../core/errors.ts';

/** ReadyForQuery, the last message of an answer. */
const READY_BYTES = 6;
/** In a longer answer there are rows, of a statement that was not lost. */
const WATCHED_BYTES = 1 << 16;
const ERROR = 'E';
/** What answers Parse, Bind and Execute: the last by complete, empty, suspended, or that it copies. */
const ANSWERS = { P: '1', B: '2', E: 'CIsGHW' } as const;

export type AnswerWatch = {
  readonly push: (part: Buffer) => void;
  /** Throws `database` where a part of the answer is missing. */
  readonly check: () => void;
};

/**
 * PGlite does not survive some statements, such as one that converts text from UTF-8 or nests a million deep: it answers
 * neither them nor what comes later, or only the end of a request. That must not look like an empty result.
 */
export function watchAnswer(request: Buffer): AnswerWatch {
  const asked = messageTypes(request);
  let end = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let bytes = 0;
  return {
    push(part) {
      end = Buffer.concat([end, part.subarray(-READY_BYTES)]).subarray(-READY_BYTES);
      bytes += part.length;
      if (bytes <= WATCHED_BYTES) parts.push(part);
      else parts = [];
    },
    check() {
      const last = asked.at(-1);
      if ((last === 'Q' || last === 'S') && !isReady(end)) throw lostStatement();
      if (bytes > WATCHED_BYTES) return;
      const answered = messageTypes(Buffer.concat(parts));
      // After an error, PostgreSQL passes over what follows.
      if (answered.includes(ERROR)) return;
      for (const [message, answers] of Object.entries(ANSWERS)) {
        const due = asked.filter((type) => type === message).length;
        if (answered.filter((type) => answers.includes(type)).length < due) throw lostStatement();
      }
    },
  };
}

/** The letters of PostgreSQL's messages, in order. */
function messageTypes(bytes: Buffer): string[] {
  const types: string[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 1 + bytes.readInt32BE(at + 1))
    types.push(String.fromCharCode(bytes[at] ?? 0));
  return types;
}

function isReady(end: Buffer): boolean {
  return end.length === READY_BYTES && end[0] === 'Z'.charCodeAt(0) && end.readInt32BE(1) === READY_BYTES - 1;
}

function lostStatement(): PipelineError {
  return new PipelineError(
    'Cannot go on: the embedded database lost a statement, and nothing of it took effect',
    {
      code: 'database',
      hint: 'It cannot do what that asks for, such as converting text from UTF-8 or nesting very deeply. A PostgreSQL server can: --database-url.',
    },
  );
}
