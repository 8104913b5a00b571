import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { passwordFor } from './password.ts';

const folder = mkdtempSync(join(tmpdir(), 'test-password-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'pass file');
const url = `postgresql://h/d?passfile=${encodeURIComponent(file)}`;
const login = { host: 'h', port: 5432, database: 'd', user: 'u' };

test('passwordFor reads the first matching line of a password file', async () => {
  const lines = [
    '# host:port:database:user:password',
    'other:5432:d:u:wrong',
    '*:5433:d:u:wrong',
    'h:5432:d',
    String.raw`::1:5432:d:u:wrong`,
    String.raw`h:*:d:u\:v:for a user with a colon`,
    String.raw`\:\:1:*:*:*:for an IPv6 address`,
    String.raw`h:5432:d:u:p\:a\\ss wörd #:the rest`,
    '*:*:*:*:last',
  ];
  writeFileSync(file, lines.join('\r\n'), { mode: 0o600 });
  assert.equal(await passwordFor(url, login), String.raw`p:a\ss wörd #`);
  assert.equal(await passwordFor(url, { ...login, user: 'u:v' }), 'for a user with a colon');
  assert.equal(await passwordFor(url, { ...login, host: '::1' }), 'for an IPv6 address');
  assert.equal(await passwordFor(url, { ...login, database: 'e' }), 'last');
});

test('passwordFor rejects if no line matches or the file does not exist', async () => {
  writeFileSync(file, 'h:5432:d:other:p\n', { mode: 0o600 });
  const message = 'the server asks for a password, but none is set';
  await assert.rejects(passwordFor(url, login), { message, code: '28P01' });
  await assert.rejects(passwordFor('postgresql://h/d?passfile=/nowhere', login), { message });
});

test('passwordFor rejects a file that other users can read', async () => {
  writeFileSync(file, '*:*:*:*:p\n');
  chmodSync(file, 0o640);
  await assert.rejects(passwordFor(url, login), {
    code: 'usage',
    message: `Cannot use the password file ${file}: users other than its owner can read it`,
    hint: `Run: chmod 600 '${file}'`,
  });
});
