/**
 * A file name, without extension, for any text: each character except `a`–`z`, `0`–`9`, `_` and `-` becomes a `%` and
 * two digits for each of its bytes. Two texts never get the same name, even on a file system that ignores case. No name
 * is hidden, leads to another folder, or looks like an option or, on Windows, a device.
 */
export function safeFileName(text: string): string {
  return text.replaceAll(/^(?=-|(?:con|prn|aux|nul|com\d|lpt\d)$).|[^a-z0-9_-]+/g, (characters) =>
    [...Buffer.from(characters)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
