import { randomBytes } from 'node:crypto';
import { readConfig } from '#config';
import { findRunningDatabase } from '#database';
import { startOwnService } from './own-service.ts';
import type { Verdict } from './report.ts';
import { verifyBooks } from './verify-books.ts';
import { ReplayError } from './replay-error.ts';

/** The service a replay runs against. */
export interface ReplayTarget {
  readonly url: string;
  readonly key: string;
  verify(signal: AbortSignal): Promise<Verdict>;
  /** Stops what was started for the replay. */
  close(): Promise<void>;
}

/**
 * A service that runs already.
 * @throws ReplayError if there is no key to be had
 */
export function runningTarget(url: string, givenKey: string | undefined): ReplayTarget {
  const { adminKeys, databaseUrl, dataDir } = readConfig();
  const key = givenKey ?? adminKeys.live;
  if (key === undefined) throw new ReplayError(`Give an admin key of ${url} by --key, or set PURSER_ADMIN_KEY.`);
  return {
    url,
    key,
    async verify(signal) {
      // An operator who sets DATABASE_URL says which database is meant; a data folder says so itself.
      const isWithinReach = databaseUrl !== null || (await isServiceOf(dataDir, url));
      if (isWithinReach) return verifyBooks({}, signal);
      const summary = `the database of ${url} is not within reach; set DATABASE_URL or PURSER_DATA_DIR`;
      return { result: 'not run', summary };
    },
    close: () => Promise.resolve(),
  };
}

/**
 * A service started for this replay, with its data in `dataDir`, or in a temporary folder.
 * @throws ReplayError if it doesn't start
 */
export async function ownTarget(
  dataDir: string | undefined,
  givenKey: string | undefined,
  stop: AbortController,
): Promise<ReplayTarget> {
  const key = givenKey ?? readConfig().adminKeys.live ?? `pur_live_${randomBytes(24).toString('hex')}`;
  const onLost = (error: unknown): void => {
    stop.abort(error);
  };
  const service = await startOwnService({ dataDir: dataDir ?? null, adminKey: key, signal: stop.signal, onLost });
  return {
    url: service.url,
    key,
    verify: (signal) => verifyBooks({ DATABASE_URL: '', PURSER_DATA_DIR: service.dataDir }, signal),
    close: () => service.stop(),
  };
}

async function isServiceOf(dataDir: string, url: string): Promise<boolean> {
  const running = await findRunningDatabase(dataDir);
  return typeof running?.serviceUrl === 'string' && isSameAddress(new URL(running.serviceUrl), new URL(url));
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0']);

function isSameAddress(a: URL, b: URL): boolean {
  const isSameHost = a.hostname === b.hostname || (loopback.has(a.hostname) && loopback.has(b.hostname));
  return isSameHost && a.port === b.port;
}
