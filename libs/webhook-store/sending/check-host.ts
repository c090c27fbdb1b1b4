import { isLoopback, webhookUrlFault, type UrlRules } from '#webhooks';
import { isIP } from 'node:net';
import { AddressRefused, publicAddresses } from './public-lookup.ts';
import type { ResolveHost } from './resolve-host.ts';

export type HostFault = 'webhook_host_unknown' | 'webhook_host_not_public';

/**
 * Looks whether a URL leads to the public internet now. It is looked at again whenever
 * something is sent there.
 */
export async function hostFault(url: string, rules: UrlRules, resolve: ResolveHost): Promise<HostFault | null> {
  // Its form was looked at, so all that is left to find is plain HTTP to this machine, where that isn't allowed.
  if (webhookUrlFault(url, rules) !== null) return 'webhook_host_not_public';
  const parsed = new URL(url);
  const host = parsed.hostname;
  if (isLoopback(parsed, rules) || isIP(host) !== 0 || host.startsWith('[')) return null;
  try {
    await publicAddresses(host, resolve);
    return null;
  } catch (error) {
    return error instanceof AddressRefused ? 'webhook_host_not_public' : 'webhook_host_unknown';
  }
}
