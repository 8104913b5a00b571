import dns from 'node:dns';
import { setFlagsFromString } from 'node:v8';

/** A host name that resolves to this machine but does not look local. */
export const TEST_HOST = 'api.test';

/**
 * Loaded into every program that the tests start. Host names do not resolve, so that no test reaches the real API and
 * every test behaves the same with and without a network. The exceptions are this machine's own names, names under
 * `.test`, which resolve to this machine, and names under `.silent`, whose lookup never ends.
 */
const { lookup } = dns;

Reflect.set(dns, 'lookup', (name: string, ...rest: readonly unknown[]): void => {
  if (name.endsWith('.silent')) return;
  if (name.endsWith('.test')) {
    Reflect.apply(lookup, dns, ['127.0.0.1', ...rest]);
    return;
  }
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

/**
 * The embedded database is WebAssembly. These programs run for seconds, and optimizing its code would take more
 * processor time than everything else that they do.
 */
setFlagsFromString('--wasm-tiering-budget=1000000000');
