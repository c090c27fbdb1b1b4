import type { AccountSet } from './accounts.ts';
import { ADMIN_KEY, BenchServer } from './bench-server.ts';
import { LoadProcess } from './load/load-process.ts';
import type { Load, LoadResult } from './load/load.ts';
import { startProduct } from './product-service.ts';
import type { ServiceProcess } from './service-process.ts';

const LEDGER = 'product';

interface ProductRunOptions {
  readonly accounts: readonly AccountSet[];
  /** How many service processes share the database. */
  readonly processes: number;
  readonly log: (line: string) => void;
}

/** The product alone, with nothing to compare it with: a Postgres, service processes on one database, a load generator. */
export class ProductRun {
  readonly server: BenchServer;
  readonly services: readonly ServiceProcess[];
  readonly load: LoadProcess;
  readonly #cleanUp: AsyncDisposableStack;

  private constructor(
    server: BenchServer,
    services: readonly ServiceProcess[],
    load: LoadProcess,
    cleanUp: AsyncDisposableStack,
  ) {
    this.server = server;
    this.services = services;
    this.load = load;
    this.#cleanUp = cleanUp;
  }

  static async start({ accounts, processes, log }: ProductRunOptions): Promise<ProductRun> {
    await using starting = new AsyncDisposableStack();
    log('starting Postgres and the service');
    const server = await BenchServer.start(log);
    starting.defer(() => server.stop());
    await server.createLedgers([LEDGER], accounts);
    const services: ServiceProcess[] = [];
    for (let process = 0; process < processes; process += 1) {
      const service = await startProduct(server, LEDGER);
      starting.defer(() => service.stop());
      services.push(service);
    }
    const load = new LoadProcess();
    starting.defer(() => load.stop());
    return new ProductRun(server, services, load, starting.move());
  }

  /**
   * Puts a load on some of the services, or on what stands in front of them, over connections made for it.
   * @param routed whether each account is asked for at one of them only
   */
  async run(
    at: readonly { readonly url: string }[],
    connections: number,
    load: Load,
    { routed = false }: { readonly routed?: boolean } = {},
  ): Promise<LoadResult> {
    const urls = at.map(({ url }) => url);
    await this.load.prepare({ urls, routed, adminKey: ADMIN_KEY, connections }, load);
    const result = await this.load.run();
    await this.load.disconnect();
    return result;
  }

  async stop(): Promise<void> {
    await this.#cleanUp.disposeAsync();
  }
}
