import dns from 'node:dns';
import { setFlagsFromString } from 'node:v8';

/** One of the names that are this machine, and do not look so. */
export const TEST_HOST = 'api.test';

/**
 * Loaded into every program that the tests start: names other than this machine's do not resolve, so that no test
 * reaches the real API, and each one sees the same on a machine with a network and on one without. Names below `.test`
 * do: to this machine. Those below `.silent` are asked for and never answered.
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
 * The embedded database is WebAssembly, and these programs are over in seconds: to compile its code better takes more
 * processor time than all else that they do.
 */
setFlagsFromString('--wasm-tiering-budget=1000000000');
