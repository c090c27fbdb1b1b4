import { fileURLToPath } from 'node:url';
import { ADMIN_KEY, type BenchServer } from './bench-server.ts';
import type { ServiceProcess } from './service-process.ts';

const CLI = fileURLToPath(new URL('../../dist/apps/cli/main.js', import.meta.url));

/** The service as anyone starts it, on a database of this server. */
export function startProduct(server: BenchServer, database: string): Promise<ServiceProcess> {
  return server.startService([CLI, 'start'], {
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: server.urlOf(database),
    PURSER_ADMIN_KEY: ADMIN_KEY,
  });
}
