import { BlockList, isIP, isIPv6 } from 'node:net';

const NETWORK = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/;

interface Network {
  readonly address: string;
  /** How many leading bits all its addresses share. */
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Whether the text is an IP address, or a network as `address/bits`. */
export function isNetwork(text: string): boolean {
  const [, address = '', bits] = NETWORK.exec(text) ?? [];
  return isIP(address) !== 0 && (bits === undefined || Number(bits) <= (isIPv6(address) ? 128 : 32));
}

/** @param network what {@link isNetwork} has let pass */
export function parseNetwork(network: string): Network {
  const [, address = '', bits] = NETWORK.exec(network) ?? [];
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  return { address, bits: Number(bits ?? (family === 'ipv6' ? 128 : 32)), family };
}

/** Whether all addresses of a network are in one of the others. Halves that make up a whole together aren't looked for. */
export function isWithin(network: string, others: readonly string[]): boolean {
  const { address, bits, family } = parseNetwork(network);
  return others.map(parseNetwork).some((other) => {
    if (other.family !== family || other.bits > bits) return false;
    const list = new BlockList();
    list.addSubnet(other.address, other.bits, family);
    return list.check(address, family);
  });
}
