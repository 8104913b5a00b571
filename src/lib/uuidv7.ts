const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isUuidv7(text: string): boolean {
  return FORM.test(text);
}

/** When the UUID was created, in milliseconds since 1970. */
export function uuidv7Time(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

/**
 * Creates a version 7 UUID (RFC 9562). UUIDs sort by millisecond. UUIDs from the same millisecond differ, but are in no
 * particular order.
 */
export function uuidv7(nowMs: number, randomBytes: (n: number) => Uint8Array): string {
  if (!(nowMs >= 0 && nowMs < 2 ** 48)) throw new RangeError(`Cannot create a UUID for the time ${nowMs}`);
  const time = Math.floor(nowMs).toString(16).padStart(12, '0');
  const random = Buffer.from(randomBytes(10));
  random.writeUInt8(0x70 | (random.readUInt8(0) & 0x0f), 0);
  random.writeUInt8(0x80 | (random.readUInt8(2) & 0x3f), 2);
  const hex = time + random.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
