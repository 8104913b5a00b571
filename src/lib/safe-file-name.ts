/**
 * Converts any text to a file name without an extension. Percent-encodes all characters except `a`–`z`, `0`–`9`, `_`
 * and `-`. Different text always results in a different name, even on a file system that ignores case. No name is
 * hidden, points to a different folder, or looks like an option or (on Windows) a device.
 */
export function safeFileName(text: string): string {
  return text.replaceAll(/^(?=-|(?:con|prn|aux|nul|com\d|lpt\d)$).|[^a-z0-9_-]+/g, (characters) =>
    [...Buffer.from(characters)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
