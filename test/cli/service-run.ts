import { ApiClient } from '../support/api-client.ts';
import { type Ended, type Environment, PurserRun } from './purser-run.ts';

/** A `purser start` that is ready. */
export interface ServiceRun {
  readonly run: PurserRun;
  readonly url: string;
  /** @param key an admin key */
  client(key: string): ApiClient;
  /** Ends it and its clients' connections. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

/** Starts a service on this data folder, on any free port unless `environment` has one, and waits until it is ready. */
export async function startService(dataDir: string, environment: Environment = {}): Promise<ServiceRun> {
  const run = await PurserRun.start(['start'], { PORT: '0', PURSER_DATA_DIR: dataDir, ...environment });
  const url = await readyUrl(run);
  const clients: ApiClient[] = [];
  return {
    run,
    url,
    client(key) {
      const client = new ApiClient(url, key);
      clients.push(client);
      return client;
    },
    async end(signal) {
      const ended = await run.end(signal);
      await Promise.all(clients.splice(0).map((client) => client.close()));
      return ended;
    },
  };
}

async function readyUrl(run: PurserRun): Promise<string> {
  try {
    const [, url = ''] = await run.writes(/^ready on (\S+).*\n/m);
    return url;
  } catch (error) {
    // Nobody else knows of it.
    await run.end('SIGKILL');
    throw error;
  }
}
