import { isPublicAddress } from '#webhooks';
import type { LookupFunction } from 'node:net';
import { isIPv6 } from 'node:net';
import type { ResolveHost } from './resolve-host.ts';

/** The host leads to where nothing is sent. Its addresses are confidential, so the message doesn't name them. */
export class AddressRefused extends Error {
  constructor() {
    super('The host has an address that isn’t on the public internet.');
    this.name = 'AddressRefused';
  }
}

/**
 * Looks up a host for a connection that is being made: what was checked is what is connected to. One address that isn't
 * public spoils the host.
 */
export function publicLookup(resolve: ResolveHost): LookupFunction {
  return (host, options, done) => {
    publicAddresses(host, resolve).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
        const [first] = found;
        if (options.all === true || !first) done(null, found);
        else done(null, first.address, first.family);
      },
      (error: unknown) => {
        done(error instanceof Error ? error : new Error(String(error)), []);
      },
    );
  };
}

/** @throws {AddressRefused}, or Error where the host isn't known */
export async function publicAddresses(host: string, resolve: ResolveHost): Promise<readonly string[]> {
  const addresses = await resolve(host);
  if (addresses.length === 0) throw new Error(`${host} has no address`);
  if (!addresses.every(isPublicAddress)) throw new AddressRefused();
  return addresses;
}
