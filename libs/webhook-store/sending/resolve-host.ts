import { Resolver } from 'node:dns/promises';

/** Finds the addresses of a host. @throws Error where it has none, or nobody could be asked */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

// The system's own look-up takes one of Node's four threads for as long as name servers are silent: a few endpoints with
// dead name servers would stop everything else that needs them. This one waits without a thread, and knows of no hosts file.
const RESOLVER = new Resolver({ timeout: 2000, tries: 2 });

export async function resolveHost(host: string): Promise<readonly string[]> {
  const answers = await Promise.allSettled([RESOLVER.resolve4(host), RESOLVER.resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length > 0) return addresses;
  throw answers.find((answer) => answer.status === 'rejected')?.reason ?? new Error(`${host} has no address`);
}
