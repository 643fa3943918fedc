import { isIPv6 } from 'node:net';

/**
 * What counts as one address: an IPv4 address, also where it is written as IPv6 (`::ffff:192.0.2.1`); of an IPv6 address
 * the first 64 bits, because that is what one site is given (RFC 6177) and may number as it likes.
 */
export function addressGroup(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!isIPv6(address) || address === '::1') return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const behind = tail === '' ? [] : tail.split(':');
    // A dotted quad at the end takes the place of two groups.
    const behindGroups = behind.length + (tail.includes('.') ? 1 : 0);
    groups.push(
      ...Array.from({ length: Math.max(0, 8 - groups.length - behindGroups) }, () => '0'),
      ...behind,
    );
  }
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}
