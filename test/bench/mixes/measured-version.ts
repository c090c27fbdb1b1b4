import { connect, type Pool } from '#database';
import { accountNames, type AccountSet } from '../accounts.ts';
import { ADMIN_KEY, type BenchServer, type VerifiedDatabase } from '../bench-server.ts';
import type { Checkout } from '../checkout.ts';
import { KEYS, openOverHttp, type Opening } from '../open-over-http.ts';
import { startProduct } from '../product-service.ts';
import type { ServiceProcess } from '../service-process.ts';
import { sendAll, type Post } from '../send-all.ts';
import { LapsingHolds } from './lapsing-holds.ts';
import { LoadProcesses, type Job } from './load-processes.ts';
import type { ClientLoad, Stage, StageResult } from './mix.ts';
import { NewMonth } from './new-month.ts';

/** Each filled account's. */
const GRANTED = '1000000';
/** Under a flood it would warn of every slow request. */
const WATCHED = { watchesStalls: true, logLevel: 'error' } as const;

/** What a checkout builds, running on a database of its own. */
export class MeasuredVersion {
  readonly checkout: Checkout;
  readonly #server: BenchServer;
  readonly #service: ServiceProcess;
  readonly #pool: Pool;
  readonly #loads = new LoadProcesses();
  #second: ServiceProcess | null = null;

  private constructor(checkout: Checkout, server: BenchServer, service: ServiceProcess, pool: Pool) {
    this.checkout = checkout;
    this.#server = server;
    this.#service = service;
    this.#pool = pool;
  }

  static async start(checkout: Checkout, server: BenchServer, log: (line: string) => void): Promise<MeasuredVersion> {
    const url = await server.createDatabase(checkout.name);
    const service = await startProduct(server, checkout.name, { ...WATCHED, checkout });
    return new MeasuredVersion(checkout, server, service, connect(url, { connectionsMax: 1, log }));
  }

  /** Fills accounts into the tables, as many as there are in these sets of them. */
  async fill(sets: readonly AccountSet[], log: (line: string) => void): Promise<void> {
    const accounts = Math.max(0, ...sets.map(({ first = 0, count }) => first + count));
    if (accounts === 0) return;
    // A moment ago, in a month that has its partitions.
    await this.checkout.fillAccounts(this.#pool, { accounts, granted: GRANTED, at: Date.now() - 1000, log });
  }

  async open(openings: readonly Opening[]): Promise<void> {
    for (const opening of openings) await openOverHttp(this.#service.url, opening);
  }

  /** Asks for each account once, so that the service has it in its cache. */
  async warm(accounts: AccountSet): Promise<void> {
    const charge = (name: string): Post => ({ path: '/v1/charges', body: `{"account":"${name}","amount":"0.5"}` });
    await sendAll(this.#service.url, ADMIN_KEY, accountNames(accounts).map(charge));
  }

  async measure(stage: Stage, seconds: number): Promise<StageResult> {
    const { victim, beside = [], hasOwnService = false, lapsing } = stage;
    const service = hasOwnService ? await this.#secondService() : this.#service;
    const holds = lapsing ? new LapsingHolds(this.#pool, lapsing, seconds) : null;
    if (holds) {
      await sendAll(service.url, ADMIN_KEY, holds.posts);
      await holds.haveBegun();
    }
    const jobs = [victim, ...beside].map((load) => jobOf(load, service, seconds));
    const month = stage.beginsMonth ? new NewMonth(this.#pool, service.url) : null;
    const [first, ...others] = await this.#loads.run(jobs, async () => {
      await month?.begin();
      await service.stalls();
    });
    if (!first) throw new Error('a stage has a victim');
    const stalls = await service.stalls();
    const holdsBooked = (await holds?.booked()) ?? null;
    await holds?.areAllBooked();
    return { victim: first, beside: others, stalls, holdsBooked, month: (await month?.isBooked()) ?? null };
  }

  /** Stops what only the last mix needed. */
  async endMix(): Promise<void> {
    await this.#loads.stop();
    await this.#second?.stop();
    this.#second = null;
  }

  async verify(): Promise<VerifiedDatabase> {
    return await this.checkout.verify(this.checkout.name, this.#server.urlOf(this.checkout.name));
  }

  async stop(): Promise<void> {
    await this.endMix();
    await this.#pool.end();
    await this.#service.stop();
  }

  async #secondService(): Promise<ServiceProcess> {
    this.#second ??= await startProduct(this.#server, this.checkout.name, { ...WATCHED, checkout: this.checkout });
    return this.#second;
  }
}

function jobOf(load: ClientLoad, { url }: ServiceProcess, seconds: number): Job {
  const { work, accounts, connections, environment = 'live', picks = 'by-chance', pace = 'closed' } = load;
  return {
    clients: { urls: [url], adminKey: KEYS[environment], connections },
    load: { work, accounts, picks, seconds, pace, mayBeRefused: true },
  };
}
