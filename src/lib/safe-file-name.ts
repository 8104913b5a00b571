/**
 * A name for a file of any text, without its ending: each character but `a`–`z`, `0`–`9`, `_` and `-` becomes a `%` and
 * two digits for each of its bytes. So two texts never get names that a file system takes for one, whether it tells
 * capitals apart or not, and none is hidden, leads elsewhere or is taken for an option or, on Windows, a device.
 */
export function safeFileName(text: string): string {
  return text.replaceAll(/^(?=-|(?:con|prn|aux|nul|com\d|lpt\d)$).|[^a-z0-9_-]+/g, (characters) =>
    [...Buffer.from(characters)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
