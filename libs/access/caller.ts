import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Scope } from './api-key.ts';

/** A key that is let in, and so who a request comes from. */
export class Caller {
  private readonly addresses: BlockList | null;

  constructor(
    /** The UUID of the key. */
    readonly keyId: string,
    readonly keyName: string,
    readonly environment: string,
    private readonly scopes: readonly Scope[],
    /** Addresses and networks (`203.0.113.0/24`) from which it may be used; from anywhere where there are none. */
    allowedAddresses: readonly string[],
  ) {
    this.addresses = allowedAddresses.length === 0 ? null : blockList(allowedAddresses);
  }

  /** Whether it has one of these scopes. `admin` stands for every scope. */
  hasAnyOf(scopes: readonly Scope[]): boolean {
    return this.scopes.includes('admin') || scopes.some((scope) => this.scopes.includes(scope));
  }

  mayComeFrom(address: string): boolean {
    if (!this.addresses) return true;
    // Over a socket that takes both families, IPv4 comes as ::ffff:192.0.2.1.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    return isIP(plain) !== 0 && this.addresses.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  }
}

const NETWORK = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/;

/** Whether the text is an IP address, or a network as `address/bits`. */
export function isNetwork(text: string): boolean {
  const [, address = '', bits] = NETWORK.exec(text) ?? [];
  return isIP(address) !== 0 && (bits === undefined || Number(bits) <= (isIPv6(address) ? 128 : 32));
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = '', bits] = NETWORK.exec(network) ?? [];
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
}
