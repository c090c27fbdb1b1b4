import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ApiClient } from '../support/api-client.ts';

/** A request that was answered, and how. */
export interface Answered {
  readonly path: string;
  readonly body: unknown;
  readonly key: string;
  readonly answer: Answer;
}

const CLIENTS = 32;
const ACCOUNTS = 6;

/**
 * Clients that authorize, commit and charge without a pause, and ask again with the same key until they are answered:
 * what every client should do.
 */
export class Load {
  /** In the order in which they were answered. */
  readonly answered: Answered[] = [];
  /** How often a request had no answer, or a 503. */
  failures = 0;
  private readonly accounts = Array.from({ length: ACCOUNTS }, () => `load-${randomUUID()}`);
  private readonly stopping = new AbortController();
  private readonly clients: Promise<unknown>;

  private constructor(private readonly client: () => ApiClient) {
    this.clients = this.open().then(() => Promise.all(Array.from({ length: CLIENTS }, (_, index) => this.work(index))));
  }

  /** @param client who to ask now: after a restart the service has another address */
  static start(client: () => ApiClient): Load {
    return new Load(client);
  }

  /** Resolves when every request under way has been answered. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.clients;
  }

  /** Waits until that many more requests have been answered. */
  async progress(more: number): Promise<void> {
    const wanted = this.answered.length + more;
    const working = this.clients.then(() => {
      throw new Error('the clients have stopped');
    });
    while (this.answered.length < wanted) await Promise.race([sleep(5), working]);
  }

  private async open(): Promise<void> {
    for (const id of this.accounts) {
      await this.ask('/v1/accounts', { id }, 201);
      await this.ask(`/v1/accounts/${id}/grants`, { amount: '1000000' }, 201);
    }
  }

  private async work(index: number): Promise<void> {
    const account = this.accounts[index % ACCOUNTS] ?? '';
    while (!this.stopping.signal.aborted) {
      await this.ask('/v1/charges', { account, amount: '0.25' }, 201);
      const { body } = await this.ask('/v1/authorizations', { account, amount: '3' }, 201);
      const { id } = body as { id: string };
      await this.ask(`/v1/authorizations/${id}/commit`, { amount: '1.5' }, 200);
    }
  }

  private async ask(path: string, body: unknown, expected: number): Promise<Answer> {
    const key = randomUUID();
    for (;;) {
      const answer = await this.client()
        .post(path, body, { key })
        .catch(() => null);
      if (answer?.status === expected) {
        this.answered.push({ path, body, key, answer });
        return answer;
      }
      if (answer !== null && answer.status !== 503) throw new Error(`${path} was answered ${answer.text}`);
      this.failures += 1;
      await sleep(25);
    }
  }
}
