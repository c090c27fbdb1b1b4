import type { Config } from '#config';
import { checkSettings } from '#database';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { startApi, type ApiOptions, type RunningApi } from '../../api/start-api.ts';
import { StartError } from './start-error.ts';

/**
 * Starts the API.
 * @throws StartError where it can't have the address it is configured to listen on, DatabaseError where a pooler keeps the
 * settings of its connections from Postgres.
 */
export async function listen(options: ApiOptions): Promise<RunningApi> {
  await checkSettings(options.databaseUrl, { log: (line) => options.logger.warn(line) });
  try {
    return await startApi(options);
  } catch (error) {
    throw startErrorOf(error, { ...options.config, variable: 'PORT' });
  }
}

/**
 * For a command that does a lot before it listens, and should do nothing where it can't.
 * @throws StartError where it can't have the address it is configured to listen on
 */
export async function checkAddress({ host, port }: Pick<Config, 'host' | 'port'>): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw startErrorOf(error, { host, port, variable: 'PORT' });
  }
  server.close();
  await once(server, 'close');
}

function startErrorOf(error: unknown, address: Parameters<typeof listenAdvice>[1]): unknown {
  const advice = listenAdvice(error, address);
  return advice === null ? error : new StartError(advice, { cause: error });
}

/** What the operator can do about an address that can't be listened on; null where that isn't what is wrong. */
export function listenAdvice(
  error: unknown,
  { host, port, variable }: Pick<Config, 'host' | 'port'> & { readonly variable: string },
): string | null {
  const another = `choose another port, e.g. ${variable}=${port === 65_535 ? 3000 : port + 1} (${variable}=0 takes any free one)`;
  switch (typeof error === 'object' && error !== null && 'code' in error ? error.code : null) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Stop that program, or ${another}.`;
    case 'EACCES':
      return `This user may not listen on port ${port}: ports below 1024 are reserved. Instead ${another}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} isn't an address of this machine. Use HOST=127.0.0.1, or HOST=0.0.0.0 for all its addresses.`;
    default:
      return null;
  }
}
