import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Scope } from './api-key.ts';
import { parseNetwork } from './network.ts';

/** What is known of a key that is let in. */
export interface CallerTerms {
  /** The UUID of the key. */
  readonly keyId: string;
  readonly keyName: string;
  readonly environment: string;
  readonly scopes: readonly Scope[];
  /** Addresses and networks (`203.0.113.0/24`) from which it may be used; from anywhere where there are none. */
  readonly allowedAddresses: readonly string[];
  /** The only account that it may see and act on, by the account's own id; `null`: all of the environment. */
  readonly account: string | null;
}

/** A key that is let in, and so who a request comes from. */
export class Caller {
  readonly keyId: string;
  readonly keyName: string;
  readonly environment: string;
  readonly account: string | null;
  private readonly scopes: readonly Scope[];
  private readonly addresses: BlockList | null;

  constructor({ keyId, keyName, environment, scopes, allowedAddresses, account }: CallerTerms) {
    this.keyId = keyId;
    this.keyName = keyName;
    this.environment = environment;
    this.account = account;
    this.scopes = scopes;
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

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const { address, bits, family } = parseNetwork(network);
    list.addSubnet(address, bits, family);
  }
  return list;
}
