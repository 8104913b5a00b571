/** Is a host, as URL has it, this machine by its name alone? */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/** As a URL has an address of IPv6. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
