import dns from 'node:dns';

/**
 * Loaded into every program that the tests start: names other than this machine's do not resolve, so that no test
 * reaches the real API, and each one sees the same on a machine with a network and on one without.
 */
const lookup = dns.lookup;
const refuse = (name: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', hostname: name });

dns.lookup = Object.assign(
  (name: string, ...rest: [unknown]) => {
    if (name === 'localhost' || /^127\.|^::1$/.test(name)) return Reflect.apply(lookup, dns, [name, ...rest]);
    const callback = rest.at(-1);
    if (typeof callback === 'function') process.nextTick(callback, refuse(name));
  },
  { __promisify__: lookup.__promisify__ },
);
