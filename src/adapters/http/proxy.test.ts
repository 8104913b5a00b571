import assert from 'node:assert/strict';
import { test } from 'node:test';

import { proxyFor } from './proxy.ts';

const PROXIES = { httpProxy: 'http://plain.test:1', httpsProxy: 'http://tls.test:2' };

function way(url: string, noProxy: string | null = null): string | null {
  return proxyFor(new URL(url), { ...PROXIES, noProxy })?.host ?? null;
}

test('each scheme uses its own proxy, or none if none is set', () => {
  assert.equal(way('http://api.test/x'), 'plain.test:1');
  assert.equal(way('https://api.test/x'), 'tls.test:2');
  const only = { httpProxy: PROXIES.httpProxy, httpsProxy: null, noProxy: null };
  assert.equal(proxyFor(new URL('https://api.test/'), only), null);
});

test('requests to this machine never use a proxy', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
    assert.equal(way(`http://${host}:8080/`), null);
    assert.equal(way(`https://${host}/`), null);
  }
});

const NAMED: Readonly<Record<string, readonly [entry: string, url: string]>> = {
  'a host': ['api.test', 'https://api.test/'],
  'a host in uppercase': ['API.Test', 'https://api.test/'],
  'a host with a trailing dot': ['api.test.', 'https://api.test/'],
  'a subdomain': ['test', 'https://a.b.test/'],
  'a subdomain of a domain with a leading dot': ['.b.test', 'https://a.b.test/'],
  'a subdomain of a domain with a wildcard': ['*.b.test', 'https://a.b.test/'],
  'a host with its port': ['api.test:8443', 'https://api.test:8443/'],
  'a host with the default https port': ['api.test:443', 'https://api.test/'],
  'a host with the default http port': ['api.test:80', 'http://api.test/'],
  'the second host in a list': ['other.test, api.test', 'https://api.test/'],
  'the second host in a list separated by spaces': ['other.test api.test', 'https://api.test/'],
  'any host': ['*', 'https://api.test/'],
  'an address': ['10.1.2.3', 'https://10.1.2.3/'],
  'a range': ['10.0.0.0/8', 'https://10.1.2.3/'],
  'an IPv6 range': ['fd00::/8', 'https://[fd12::1]/'],
  'an IPv6 address': ['fd12::1', 'https://[fd12::1]/'],
  'an IPv6 address in brackets': ['[fd12::1]', 'https://[fd12::1]/'],
  'an IPv6 address with its port': ['[fd12::1]:8443', 'https://[fd12::1]:8443/'],
};

for (const [what, [entry, url]] of Object.entries(NAMED)) {
  test(`NO_PROXY matches ${what}`, () => assert.equal(way(url, entry), null));
}

const NOT_NAMED: Readonly<Record<string, readonly [entry: string, url: string]>> = {
  'a different host with the same ending': ['pi.test', 'https://api.test/'],
  'a host with a different port': ['api.test:8443', 'https://api.test/'],
  'the parent domain': ['a.b.test', 'https://b.test/'],
  'an address outside a range': ['10.0.0.0/16', 'https://10.1.2.3/'],
  'an IPv6 address in an IPv4 range': ['0.0.0.0/0', 'https://[fd12::1]/'],
  'a host name with a prefix length': ['api.test/8', 'https://api.test/'],
  'an address in a range with an invalid prefix length': ['10.0.0.0/33', 'https://10.0.0.0/'],
  'any host if the list is empty': [' , ', 'https://api.test/'],
};

for (const [what, [entry, url]] of Object.entries(NOT_NAMED)) {
  test(`NO_PROXY does not match ${what}`, () => assert.equal(way(url, entry), 'tls.test:2'));
}
