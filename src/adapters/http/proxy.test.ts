import assert from 'node:assert/strict';
import { test } from 'node:test';

import { proxyFor } from './proxy.ts';

const PROXIES = { httpProxy: 'http://plain.test:1', httpsProxy: 'http://tls.test:2' };

function way(url: string, noProxy: string | null = null): string | null {
  return proxyFor(new URL(url), { ...PROXIES, noProxy })?.host ?? null;
}

test('there is a proxy for each scheme, and none where none is named', () => {
  assert.equal(way('http://api.test/x'), 'plain.test:1');
  assert.equal(way('https://api.test/x'), 'tls.test:2');
  const only = { httpProxy: PROXIES.httpProxy, httpsProxy: null, noProxy: null };
  assert.equal(proxyFor(new URL('https://api.test/'), only), null);
});

test('this machine is never reached through a proxy', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
    assert.equal(way(`http://${host}:8080/`), null);
    assert.equal(way(`https://${host}/`), null);
  }
});

const NAMED: Readonly<Record<string, readonly [entry: string, url: string]>> = {
  'a host': ['api.test', 'https://api.test/'],
  'a host in capitals': ['API.Test', 'https://api.test/'],
  'a host with a dot behind': ['api.test.', 'https://api.test/'],
  'a host below a domain': ['test', 'https://a.b.test/'],
  'a host below a domain with a dot': ['.b.test', 'https://a.b.test/'],
  'a host below a domain with a star': ['*.b.test', 'https://a.b.test/'],
  'a host at its port': ['api.test:8443', 'https://api.test:8443/'],
  'a host at the port of https': ['api.test:443', 'https://api.test/'],
  'a host at the port of http': ['api.test:80', 'http://api.test/'],
  'the second of a list': ['other.test, api.test', 'https://api.test/'],
  'the second of a list by space': ['other.test api.test', 'https://api.test/'],
  'any host': ['*', 'https://api.test/'],
  'an address': ['10.1.2.3', 'https://10.1.2.3/'],
  'a range': ['10.0.0.0/8', 'https://10.1.2.3/'],
  'a range of IPv6': ['fd00::/8', 'https://[fd12::1]/'],
  'an address of IPv6': ['fd12::1', 'https://[fd12::1]/'],
  'an address of IPv6 in brackets': ['[fd12::1]', 'https://[fd12::1]/'],
  'an address of IPv6 at its port': ['[fd12::1]:8443', 'https://[fd12::1]:8443/'],
};

for (const [what, [entry, url]] of Object.entries(NAMED)) {
  test(`NO_PROXY names ${what}`, () => assert.equal(way(url, entry), null));
}

const NOT_NAMED: Readonly<Record<string, readonly [entry: string, url: string]>> = {
  'another host with the same end': ['pi.test', 'https://api.test/'],
  'a host at another port': ['api.test:8443', 'https://api.test/'],
  'the domain above': ['a.b.test', 'https://b.test/'],
  'an address beyond a range': ['10.0.0.0/16', 'https://10.1.2.3/'],
  'an address of another family': ['0.0.0.0/0', 'https://[fd12::1]/'],
  'a host by a range that is none': ['api.test/8', 'https://api.test/'],
  'an address by a range that is too long': ['10.0.0.0/33', 'https://10.0.0.0/'],
  'nothing at all': [' , ', 'https://api.test/'],
};

for (const [what, [entry, url]] of Object.entries(NOT_NAMED)) {
  test(`NO_PROXY does not name ${what}`, () => assert.equal(way(url, entry), 'tls.test:2'));
}
