import { ADMIN_KEY, TEST_ADMIN_KEY, type BenchServer } from './bench-server.ts';
import { Checkout } from './checkout.ts';
import type { ServiceProcess } from './service-process.ts';

interface ProductOptions {
  /** Whose service it is; this one's unless another is given. */
  readonly checkout?: Checkout;
  readonly watchesStalls?: boolean;
  /** What it logs once it is ready, which is passed on: warnings too unless it is said. */
  readonly logLevel?: 'warn' | 'error';
}

/** The service as anyone starts it, on a database of this server. */
export function startProduct(
  server: BenchServer,
  database: string,
  { checkout = Checkout.now, watchesStalls = false, logLevel = 'warn' }: ProductOptions = {},
): Promise<ServiceProcess> {
  const environment = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: server.urlOf(database),
    PURSER_ADMIN_KEY: ADMIN_KEY,
    PURSER_TEST_ADMIN_KEY: TEST_ADMIN_KEY,
    PURSER_LOG_LEVEL: logLevel,
  };
  return server.startService([checkout.cli, 'start'], environment, { watchesStalls });
}
