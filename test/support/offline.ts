import dns from 'node:dns';

/**
 * Loaded into every program that the tests start: names other than this machine's do not resolve, so that no test
 * reaches the real API, and each one sees the same on a machine with a network and on one without.
 */
const { lookup } = dns;

Reflect.set(dns, 'lookup', (name: string, ...rest: readonly unknown[]): void => {
  if (name === 'localhost' || /^127\.|^::1$/.test(name)) {
    Reflect.apply(lookup, dns, [name, ...rest]);
    return;
  }
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
    code: 'ENOTFOUND',
    hostname: name,
  });
  const callback = rest.at(-1);
  if (typeof callback === 'function') process.nextTick(() => callback(error));
});
