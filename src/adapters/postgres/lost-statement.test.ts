import assert from 'node:assert/strict';
import { test } from 'node:test';

import { watchAnswer } from './lost-statement.ts';

function message(letter: string, bytes = 0): Buffer {
  const all = Buffer.alloc(5 + bytes, 0x45);
  all.write(letter, 'latin1');
  all.writeInt32BE(4 + bytes, 1);
  return all;
}

const extended = Buffer.concat('PBDES'.split('').map((letter) => message(letter, 3)));
const simple = message('Q', 9);

function judge(request: Buffer, letters: string, partBytes: number, rowBytes = 1): void {
  const answer = Buffer.concat(
    letters.split('').map((letter) => message(letter, letter === 'D' ? rowBytes : 1)),
  );
  const watch = watchAnswer(request);
  for (let at = 0; at < answer.length; at += partBytes) {
    const part = Buffer.from(answer.subarray(at, at + partBytes));
    watch.push(part);
    part.fill(0); // pg's parser overwrites what it has read
  }
  watch.check();
}

test('watchAnswer accepts a complete response in any number of parts', () => {
  for (const partBytes of [1, 3, 7, 8192, 1 << 20]) {
    for (const rowBytes of [0, 90, 20_000]) {
      judge(extended, `12T${'D'.repeat(120)}CZ`, partBytes, rowBytes);
      judge(simple, `TN${'D'.repeat(120)}CZ`, partBytes, rowBytes);
    }
    for (const letters of ['12nIZ', '12TDsZ', '1EZ', 'EZ']) judge(extended, letters, partBytes);
    for (const letters of ['IZ', 'EZ', 'CCTDCZ']) judge(simple, letters, partBytes);
  }
});

test('watchAnswer rejects a response with a missing part', () => {
  for (const letters of ['', '12T', '12TDC', '1nIZ', '12TZ', 'Z']) {
    assert.throws(() => judge(extended, letters, 5), { code: 'database', message: /lost a statement/ });
  }
  for (const letters of ['', 'T', 'TD', 'TDC']) {
    assert.throws(() => judge(simple, letters, 5), { code: 'database' });
  }
});
