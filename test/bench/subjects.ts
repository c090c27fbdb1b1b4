import { fileURLToPath } from 'node:url';
import type { AccountSet } from './accounts.ts';
import { BenchServer } from './bench-server.ts';
import { LoadProcess } from './load/load-process.ts';
import { Pgbench } from './pgbench.ts';
import { startProduct } from './product-service.ts';
import type { ServiceProcess } from './service-process.ts';

/** What is measured. */
export type Subject = 'product' | 'one-by-one' | 'do-nothing' | 'in-process' | 'in-process-one-by-one' | 'pgbench';
export type ServiceSubject = 'product' | 'one-by-one' | 'do-nothing';

const ONE_BY_ONE = fileURLToPath(new URL('one-by-one/serve.ts', import.meta.url));
const DO_NOTHING = fileURLToPath(new URL('do-nothing/serve.ts', import.meta.url));

/** The ledgers are apart, so that each subject finds what it has left itself. */
const LEDGERS = {
  product: 'product',
  'one-by-one': 'one_by_one',
  'in-process': 'in_process',
  'in-process-one-by-one': 'in_process_one_by_one',
} as const satisfies Partial<Record<Subject, string>>;
type LedgerSubject = keyof typeof LEDGERS;

/** Everything that a run measures, started and ready, and what it is measured with. */
export class Subjects {
  readonly server: BenchServer;
  readonly load: LoadProcess;
  readonly #services: ReadonlyMap<Subject, ServiceProcess>;
  readonly #pgbench: Pgbench | null;
  readonly #cleanUp: AsyncDisposableStack;

  private constructor(
    server: BenchServer,
    load: LoadProcess,
    services: ReadonlyMap<Subject, ServiceProcess>,
    pgbench: Pgbench | null,
    cleanUp: AsyncDisposableStack,
  ) {
    this.server = server;
    this.load = load;
    this.#services = services;
    this.#pgbench = pgbench;
    this.#cleanUp = cleanUp;
  }

  /**
   * @param wanted what is to be measured; nothing else is started.
   * @param accounts to be opened in every ledger.
   * @param pgbench the program's path; `null` where there is none, and then `wanted` must not name it.
   */
  static async start(
    wanted: ReadonlySet<Subject>,
    accounts: readonly AccountSet[],
    pgbench: string | null,
    log: (line: string) => void,
  ): Promise<Subjects> {
    await using starting = new AsyncDisposableStack();
    log('starting Postgres, filling its databases');
    const server = await BenchServer.start(log);
    starting.defer(() => server.stop());
    const ledgers = (Object.keys(LEDGERS) as LedgerSubject[]).filter((subject) => wanted.has(subject));
    await server.createLedgers(
      ledgers.map((subject) => LEDGERS[subject]),
      accounts,
    );
    const services = new Map<Subject, ServiceProcess>();
    for (const subject of ['product', 'one-by-one', 'do-nothing'] as const) {
      if (!wanted.has(subject)) continue;
      const service = await startService(subject, server);
      starting.defer(() => service.stop());
      services.set(subject, service);
    }
    const load = new LoadProcess();
    starting.defer(() => load.stop());
    const prepared =
      pgbench !== null && wanted.has('pgbench')
        ? await Pgbench.initialize(pgbench, await server.createDatabase('pgbench'))
        : null;
    return new Subjects(server, load, services, prepared, starting.move());
  }

  service(subject: ServiceSubject): ServiceProcess {
    const service = this.#services.get(subject);
    if (!service) throw new Error(`${subject} was not started`);
    return service;
  }

  ledgerUrl(subject: LedgerSubject): string {
    return this.server.urlOf(LEDGERS[subject]);
  }

  pgbench(): Pgbench {
    if (!this.#pgbench) throw new Error('pgbench was not prepared');
    return this.#pgbench;
  }

  async stop(): Promise<void> {
    await this.#cleanUp.disposeAsync();
  }
}

function startService(subject: ServiceSubject, server: BenchServer): Promise<ServiceProcess> {
  switch (subject) {
    case 'product':
      return startProduct(server, LEDGERS.product);
    case 'one-by-one':
      return server.startService([ONE_BY_ONE], { DATABASE_URL: server.urlOf(LEDGERS['one-by-one']) });
    case 'do-nothing':
      return server.startService([DO_NOTHING], {});
  }
}
