import { readConfig } from '#config';
import { findRunningDatabase } from '#database';
import { StartError } from '../start/start-error.ts';
import { RateCardClient } from './rate-card-client.ts';

export interface ServiceFlags {
  readonly url?: string;
  readonly key?: string;
}

/** The service that is named, or the one that runs on the data folder here. */
export async function rateCardService(flags: ServiceFlags): Promise<RateCardClient> {
  const { adminKeys, dataDir } = readConfig();
  const url = flags.url ?? (await findRunningDatabase(dataDir))?.serviceUrl;
  if (!url) throw new StartError(`No service runs on ${dataDir}. Start one, or give the address of another by --url.`);
  const key = flags.key ?? adminKeys.live;
  if (key === undefined) throw new StartError(`Give an admin key of ${url} by --key, or set PURSER_ADMIN_KEY.`);
  return new RateCardClient(url, key);
}
