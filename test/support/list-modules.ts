import { registerHooks } from 'node:module';

/** Loaded into a program: at its end, it lists on stderr what it has loaded, a URL in a line. */
const urls: string[] = [];

registerHooks({
  load(url, context, next) {
    urls.push(url);
    return next(url, context);
  },
});

process.on('exit', () => void process.stderr.write(urls.map((url) => `module ${url}\n`).join('')));
