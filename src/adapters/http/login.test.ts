import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createRedactor, loginOf, withoutLogin } from './login.ts';

function loginText(url: string): string | null {
  const login = loginOf(new URL(url));
  return login === null ? null : Buffer.from(login.replace('Basic ', ''), 'base64').toString();
}

test('loginOf decodes the userinfo of a URL', () => {
  assert.equal(loginText('https://me:hidden@h'), 'me:hidden');
  assert.equal(loginText('https://m%40e:%C3%BC%3A%2F@h'), 'm@e:ü:/');
  assert.equal(loginText('https://token@h'), 'token:');
  assert.equal(loginText('https://:hidden@h'), ':hidden');
  assert.equal(loginText('https://me:100%@h'), 'me:100%');
  assert.equal(loginText('https://h'), null);
  assert.equal(withoutLogin(new URL('https://me:hidden@h:1/x')).href, 'https://h:1/x');
});

test('createRedactor hides a secret in every form in which a server might echo it', () => {
  const hide = createRedactor([new URL('https://me:p%40ss%2Fword@h'), null, new URL('http://opensesame@p')]);
  const forms = ['p@ss/word', 'p%40ss%2Fword', Buffer.from('me:p@ss/word').toString('base64'), 'opensesame'];
  for (const form of forms) assert.equal(hide(`a ${form} b ${form}`), 'a *** b ***');
  assert.equal(hide('me too'), 'me too', 'a user name with a password is not a secret');
  assert.equal(
    createRedactor([new URL('https://me:a@h')])('a hat'),
    'a hat',
    'too short to be distinguished from text',
  );
});
