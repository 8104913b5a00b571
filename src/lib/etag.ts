/** Weak comparison (RFC 9110, 8.8.3.2): `W/"x"` equals `"x"`. */
export function sameEtag(one: string, other: string): boolean {
  return opaque(one) === opaque(other);
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '');
}
