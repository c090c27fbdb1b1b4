import { fileURLToPath } from 'node:url';
import type { AccountSet } from './accounts.ts';
import { BenchServer, type VerifiedDatabase } from './bench-server.ts';
import type { Checkout } from './checkout.ts';
import { LoadProcess } from './load/load-process.ts';
import { openOverHttp } from './open-over-http.ts';
import { Pgbench } from './pgbench.ts';
import { startProduct } from './product-service.ts';
import type { ServiceProcess } from './service-process.ts';

/** What is measured; `before` is the product of another checkout. */
export type Subject =
  'product' | 'before' | 'one-by-one' | 'do-nothing' | 'in-process' | 'in-process-one-by-one' | 'pgbench';
export type ServiceSubject = 'product' | 'before' | 'one-by-one' | 'do-nothing';

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
/** Of the other checkout, which makes its tables itself. */
const BEFORE_LEDGER = 'before';

export interface SubjectsOptions {
  /** What is to be measured; nothing else is started. */
  readonly wanted: ReadonlySet<Subject>;
  /** To be opened in every ledger. */
  readonly accounts: readonly AccountSet[];
  /** The program's path; `null` where there is none, and then `wanted` must not name it. */
  readonly pgbench: string | null;
  /** The other checkout; `null` where there is none, and then `wanted` must not name it. */
  readonly before: Checkout | null;
  readonly log: (line: string) => void;
}

/** Everything that a run measures, started and ready, and what it is measured with. */
export class Subjects {
  readonly server: BenchServer;
  readonly load: LoadProcess;
  readonly #services: ReadonlyMap<Subject, ServiceProcess>;
  readonly #pgbench: Pgbench | null;
  readonly #before: Checkout | null;
  readonly #cleanUp: AsyncDisposableStack;

  private constructor(
    server: BenchServer,
    load: LoadProcess,
    services: ReadonlyMap<Subject, ServiceProcess>,
    pgbench: Pgbench | null,
    before: Checkout | null,
    cleanUp: AsyncDisposableStack,
  ) {
    this.server = server;
    this.load = load;
    this.#services = services;
    this.#pgbench = pgbench;
    this.#before = before;
    this.#cleanUp = cleanUp;
  }

  static async start({ wanted, accounts, pgbench, before, log }: SubjectsOptions): Promise<Subjects> {
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
    if (before && wanted.has('before')) {
      log('starting the other checkout and opening its accounts');
      const service = await startBefore(before, server, accounts);
      starting.defer(() => service.stop());
      services.set('before', service);
    }
    const load = new LoadProcess();
    starting.defer(() => load.stop());
    const prepared =
      pgbench !== null && wanted.has('pgbench')
        ? await Pgbench.initialize(pgbench, await server.createDatabase('pgbench'))
        : null;
    return new Subjects(server, load, services, prepared, services.has('before') ? before : null, starting.move());
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

  /** Recomputes the books of every ledger. */
  async verify(): Promise<VerifiedDatabase[]> {
    const verified = await this.server.verifyLedgers();
    if (!this.#before) return verified;
    return [...verified, await this.#before.verify(BEFORE_LEDGER, this.server.urlOf(BEFORE_LEDGER))];
  }

  async stop(): Promise<void> {
    await this.#cleanUp.disposeAsync();
  }
}

async function startBefore(
  checkout: Checkout,
  server: BenchServer,
  accounts: readonly AccountSet[],
): Promise<ServiceProcess> {
  await server.createDatabase(BEFORE_LEDGER);
  const service = await startProduct(server, BEFORE_LEDGER, { checkout });
  for (const set of accounts) await openOverHttp(service.url, { accounts: set });
  return service;
}

function startService(subject: Exclude<ServiceSubject, 'before'>, server: BenchServer): Promise<ServiceProcess> {
  switch (subject) {
    case 'product':
      return startProduct(server, LEDGERS.product);
    case 'one-by-one':
      return server.startService([ONE_BY_ONE], { DATABASE_URL: server.urlOf(LEDGERS['one-by-one']) });
    case 'do-nothing':
      return server.startService([DO_NOTHING], {});
  }
}
