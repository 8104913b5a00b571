/** The first bytes as one printable line in quotes, followed by `…` if there are more. */
export function quoteBytes(bytes: Uint8Array, limit: number): string {
  const text = Buffer.from(bytes.subarray(0, limit)).toString('utf8').trim();
  const quoted = JSON.stringify(text.replaceAll(/[\p{C}\s]+/gu, ' '));
  return bytes.byteLength > limit ? `${quoted}…` : quoted;
}
