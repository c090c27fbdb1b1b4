import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ApiClient } from '../support/api-client.ts';
import { MIX, type Asks, type Customers } from './mix.ts';
import { grantCredits, openAccount, type Request } from './requests.ts';

/** A request with the key that it has from its first try to its last. */
export interface Keyed extends Request {
  readonly key: string;
}

export interface Answered extends Keyed {
  readonly answer: Answer;
}

/** One try of a request. */
export interface Try {
  /** `null` for one that only reads. */
  readonly request: Request | null;
  /** `null` where the client got no answer. */
  readonly status: number | null;
  readonly ms: number;
}

/** How many there are. */
export const CLIENTS = 16;
const CUSTOMERS = 8;
const RETRY_DELAY_MS = 25;
const PROGRESS_MS_MAX = 40_000;
const UNAVAILABLE = ['ledger_unavailable', 'outcome_unknown', 'ledger_busy'];

/**
 * Clients that do everything a client can, without a pause, and ask again with the same key until they are answered: what
 * every client should do. Now and then one doesn't, and goes away at the first fault.
 */
export class Load implements AsyncDisposable {
  /** In the order in which they were answered. */
  readonly answered: Answered[] = [];
  /** Requests that met a fault and were never repeated: they may have been carried out, or not. */
  readonly abandoned: Keyed[] = [];
  readonly tries: Try[] = [];
  readonly customers = Array.from({ length: CUSTOMERS }, () => `load-${randomUUID()}`);
  private readonly poor = `poor-${randomUUID()}`;
  private readonly stopping = new AbortController();
  private readonly clients: Promise<unknown>;
  private isGivenUp = false;
  private failure: Error | null = null;

  private constructor(
    private readonly instance: () => ApiClient,
    private readonly patienceMs: number,
  ) {
    this.clients = this.open()
      .then(() => Promise.all(Array.from({ length: CLIENTS }, (_, index) => this.work(index))))
      .catch((error: unknown) => {
        // Told to whoever waits for the clients next.
        this.failure = new Error('A client failed', { cause: error });
        this.stopping.abort();
      });
  }

  /**
   * @param instance who to ask now: after a restart the service has another address
   * @param patienceMs how long a client waits for an answer before it tries again
   */
  static start(instance: () => ApiClient, patienceMs = Infinity): Load {
    return new Load(instance, patienceMs);
  }

  /** How many tries weren't answered, not even by a 503. */
  get unanswered(): number {
    return this.tries.filter(({ status }) => status === null).length;
  }

  /** The tries that were answered 503, but for the first `from` of all tries. */
  refused(from: number): readonly Try[] {
    return this.tries.slice(from).filter(({ status }) => status === 503);
  }

  get accounts(): readonly string[] {
    return [...this.customers, this.poor];
  }

  /** Resolves when every request under way has been answered. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.clients;
    if (this.failure !== null) throw this.failure;
  }

  /** Ends it after a test that failed, however many requests are unanswered. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.isGivenUp = true;
    this.stopping.abort();
    await this.clients;
  }

  /** Waits until that many more requests have been answered: of those asked for, or of all. */
  async progress(more: number, which: (answered: Answered) => boolean = () => true): Promise<void> {
    const from = this.answered.length;
    await this.until(
      `${more} more requests are answered`,
      () => this.answered.slice(from).filter(which).length >= more,
    );
  }

  /** Waits until something has happened under this load. @throws where that takes too long, or the clients failed */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadline = performance.now() + PROGRESS_MS_MAX;
    while (!isSo()) {
      if (this.failure !== null) throw this.failure;
      if (performance.now() > deadline) throw new Error(`Not within ${PROGRESS_MS_MAX / 1000} s: ${what}.`);
      await sleep(10);
    }
  }

  /** Asks until it is answered. */
  readonly settle = async (request: Keyed): Promise<Answer> => {
    for (;;) {
      const answer = await this.try(request);
      if (answer) return answer;
      await sleep(RETRY_DELAY_MS);
    }
  };

  private async open(): Promise<void> {
    for (const account of this.accounts) {
      await this.ask(openAccount(account));
      await this.ask(grantCredits(account, account === this.poor ? '3' : '1000000'));
    }
  }

  private async work(index: number): Promise<void> {
    const customers: Customers = {
      own: this.customers[index % CUSTOMERS] ?? '',
      other: this.customers[(index + 1) % CUSTOMERS] ?? '',
      poor: this.poor,
    };
    const asks: Asks = {
      ask: (request) => this.ask(request),
      askOnce: (request) => this.askOnce(request),
      read: (path) => this.read(path),
    };
    for (let turn = index; !this.stopping.signal.aborted; turn += 1) await MIX[turn % MIX.length]?.(asks, customers);
  }

  private async ask(request: Request): Promise<Answer> {
    const keyed = { ...request, key: randomUUID() };
    const answer = await this.settle(keyed);
    this.answered.push({ ...keyed, answer });
    return answer;
  }

  private async askOnce(request: Request): Promise<void> {
    const keyed = { ...request, key: randomUUID() };
    const answer = await this.try(keyed);
    if (answer) this.answered.push({ ...keyed, answer });
    else this.abandoned.push(keyed);
  }

  private async read(path: string): Promise<Answer> {
    for (;;) {
      const answer = await this.send(null, [200], (instance) => instance.get(path));
      if (answer) return answer;
      await sleep(RETRY_DELAY_MS);
    }
  }

  private try(request: Keyed): Promise<Answer | null> {
    const { path, body, key, expected } = request;
    return this.send(request, expected, (instance) => instance.post(path, body, { key }));
  }

  /** @returns `null` where there was no answer, or a 503 that says when to come back. @throws at any other answer */
  private async send(
    request: Request | null,
    expected: readonly number[],
    exchange: (instance: ApiClient) => Promise<Answer>,
  ): Promise<Answer | null> {
    if (this.isGivenUp) throw new Error('the load was given up');
    const startedAt = performance.now();
    const answer = await inTime(exchange(this.instance()), this.patienceMs);
    this.tries.push({ request, status: answer?.status ?? null, ms: performance.now() - startedAt });
    if (answer === null || isUnavailable(answer)) return null;
    if (!expected.includes(answer.status)) {
      throw new Error(`${request?.path ?? 'a read'} was answered ${answer.status} ${answer.text}`);
    }
    return answer;
  }
}

/** @returns `null` where the connection ended, or it took too long */
async function inTime(answering: Promise<Answer>, patienceMs: number): Promise<Answer | null> {
  const answer = answering.catch(() => null);
  return patienceMs === Infinity ? answer : Promise.race([answer, sleep(patienceMs, null, { ref: false })]);
}

/** Whether it says that nothing was decided, and when to ask again. */
export function isUnavailable({ status, headers, body }: Answer): boolean {
  const { code } = body as { readonly code?: string };
  return status === 503 && UNAVAILABLE.includes(code ?? '') && Number(headers['retry-after']) > 0;
}
