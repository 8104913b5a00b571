import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEnv } from 'node:util';

import { parseDotEnv } from './dot-env.ts';

const faultOf = (text: string): string => {
  let message = 'none';
  assert.throws(
    () => parseDotEnv(text, '/x/.env'),
    (error: Error & { code?: string }) => {
      message = error.message;
      return error.code === 'usage';
    },
    text,
  );
  return message;
};

test('parseDotEnv reads the same values as Node, and skips lines meant for other programs', () => {
  const text = `# SPACEX_PIPELINE_SCHEMA: a comment
export SPACEX_PIPELINE_SCHEMA = 'mine' # why
\tDATABASE_URL="postgresql://u:a#b@h/d"
KEY="-----BEGIN
PGHOST: in a key
-----END"
PGUSER=me # after a space
TEXT=it's $\{PGHOST} \`x\`
OTHER: for another program
include another.file
POSTGRES_PASSWORD
export PGPASSWORD # passed on by docker
A.b-c=1
EMPTY=
`;
  for (const one of [text, text.replaceAll('\n', '\r\n'), text.trimEnd()]) {
    const read = parseDotEnv(one, '.env');
    assert.deepEqual(read, { ...parseEnv(one) });
    assert.equal(read['SPACEX_PIPELINE_SCHEMA'], 'mine');
    assert.equal(read['PGHOST'], undefined);
  }
});

test('an empty value does not absorb the next line', () => {
  assert.deepEqual(parseDotEnv('SPACEX_PIPELINE_SCHEMA=  \nPGHOST=h\n', '.env'), {
    SPACEX_PIPELINE_SCHEMA: '',
    PGHOST: 'h',
  });
});

test('a line that names one of our variables without setting it is rejected with an error that shows its line number but not its value', () => {
  const lines = [
    'SPACEX_PIPELINE_SCHEMA: geheim',
    'SPACEX_PIPELINE_SCHEMA geheim',
    'set SPACEX_PIPELINE_SCHEMA=geheim',
    '$env:SPACEX_PIPELINE_SCHEMA = "geheim"',
    '- SPACEX_PIPELINE_SCHEMA=geheim',
  ];
  for (const line of lines) {
    const message = faultOf(`A="1\n2"\n\n${line}\nB=2`);
    assert.equal(message, 'Cannot read /x/.env: line 4 names SPACEX_PIPELINE_SCHEMA, but does not set it');
  }
  for (const name of ['PGPASSWORD', 'POSTGRES_HOST', 'DATABASE_URL', 'https_proxy', 'SPACEX_API_BASE_URL']) {
    assert.match(faultOf(`${name}: x`), new RegExp(`: line 1 names ${name}, but does not set it$`));
  }
});

test('a mismatched quote in one of our variables is rejected', () => {
  assert.match(faultOf('PGPASSWORD="geheim\nA=1'), /: line 1 names PGPASSWORD, but has no closing quote$/);
  assert.match(
    faultOf('PGPASSWORD="ge"heim'),
    /: line 1 names PGPASSWORD, but has more text after its closing quote$/,
  );
});

test('a # starts a comment only after a space, as in a shell', () => {
  const read = parseDotEnv('PGPASSWORD=a#b #c\nDATABASE_URL=postgresql://u:1#2@h/d\nPGUSER=#d\n', '.env');
  assert.deepEqual(read, { PGPASSWORD: 'a#b', DATABASE_URL: 'postgresql://u:1#2@h/d', PGUSER: '' });
});
