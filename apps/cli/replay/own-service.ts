import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CliProcess, runCli } from './run-cli.ts';
import { ReplayError } from './replay-error.ts';

/** A service that was started for this replay alone. */
export interface OwnService {
  readonly url: string;
  readonly dataDir: string;
  /** Stops it, and removes its data folder if that was made for it. */
  stop(): Promise<void>;
}

export interface OwnServiceOptions {
  /** Keeps the data there; null: in a temporary folder that is removed in the end. */
  readonly dataDir: string | null;
  readonly adminKey: string;
  /** Gives up starting. */
  readonly signal: AbortSignal;
  /** Called if it ends before it's stopped. */
  readonly onLost: (error: unknown) => void;
}

const readyLine = /ready on (http:\/\/\S+)/;
const startMs = 120_000;
const stopMs = 60_000;

/**
 * Starts a service on a free port, with an embedded Postgres in a data folder of its own.
 * @throws ReplayError with the service's last words, if it doesn't become ready; the signal's reason once aborted
 */
export async function startOwnService({ dataDir, adminKey, signal, onLost }: OwnServiceOptions): Promise<OwnService> {
  const folder = dataDir === null ? await makeDataDir() : resolve(dataDir);
  const ready = Promise.withResolvers<string>();
  const service = runCli('start', serviceEnvironment(folder, adminKey), (line) => {
    const url = readyLine.exec(line)?.[1];
    if (url !== undefined) ready.resolve(url);
  });
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    await stopProcess(service);
    if (dataDir === null) await rm(folder, { recursive: true, force: true });
  };
  const unexpectedEnd = failOnceEnded(service);
  try {
    const url = await Promise.race([ready.promise, unexpectedEnd, failOnceLate(signal)]);
    unexpectedEnd.catch((error: unknown) => {
      if (!isStopping) onLost(error);
    });
    return { url, dataDir: folder, stop };
  } catch (error) {
    await stop();
    throw signal.aborted ? signal.reason : error;
  }
}

async function failOnceEnded({ ended, lastLines }: CliProcess): Promise<never> {
  const code = await ended;
  const lastWords = lastLines.join('\n');
  throw new ReplayError(`The service ended by itself, exit code ${code ?? 'none'}. Its last words:\n${lastWords}`);
}

async function failOnceLate(signal: AbortSignal): Promise<never> {
  await sleep(startMs, undefined, { ref: false, signal });
  throw new ReplayError(`The service wasn't ready within ${startMs / 1000} s. Start one by hand, and give its --url.`);
}

/** Reachable for everybody, as an embedded Postgres of root's runs as another user; what is in it is closed to them. */
async function makeDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-replay-'));
  await chmod(dataDir, 0o755);
  return dataDir;
}

function serviceEnvironment(dataDir: string, adminKey: string): Record<string, string> {
  // Without these it keeps everything in its own folder, takes all that comes and stops at once, whatever the caller's
  // environment says.
  const own = { DATABASE_URL: '', REDIS_URL: '', PURSER_RATE_LIMIT: '', PURSER_DRAIN_SECONDS: '' };
  return { ...own, HOST: '127.0.0.1', PORT: '0', PURSER_DATA_DIR: dataDir, PURSER_ADMIN_KEY: adminKey };
}

async function stopProcess({ child, ended }: CliProcess): Promise<void> {
  const lastResort = setTimeout(() => child.kill('SIGKILL'), stopMs);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(lastResort);
}
