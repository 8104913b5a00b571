import { registerHooks } from 'node:module';

/**
 * Loaded into a program. When the program ends, prints to stderr the URLs of all modules that it loaded, one per line.
 */
const urls: string[] = [];

registerHooks({
  load(url, context, next) {
    urls.push(url);
    return next(url, context);
  },
});

process.on('exit', () => void process.stderr.write(urls.map((url) => `module ${url}\n`).join('')));
