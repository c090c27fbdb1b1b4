import { hash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ApiClient } from '../../support/api-client.ts';
import { isUnavailable } from '../load.ts';
import type { ServiceProcess } from '../service-process.ts';

export type Kind = 'authorize' | 'charge' | 'extend' | 'commit' | 'void' | 'refund';

/** What a request wants, for whom. */
export interface Asked {
  readonly kind: Kind;
  readonly account: string;
  /** The value of the tag `user`. */
  readonly user: string;
  /** Whether it is sent with the key that has a limit. Of what comes later, whether the authorization was. */
  readonly isLimited: boolean;
  readonly path: string;
  readonly body: object;
}

export interface Answered extends Asked {
  readonly answer: Answer;
}

const RETRY_DELAY_MS = 500;
const STATUSES: Readonly<Record<Kind, readonly number[]>> = {
  authorize: [201, 402],
  charge: [201, 402],
  extend: [200, 402],
  commit: [200],
  void: [200],
  refund: [200],
};

/**
 * Clients of several processes, who ask one after the other with the same Idempotency-Key until they are answered, and remember
 * everything.
 */
export class LimitedClients {
  /** By the digests of their Idempotency-Keys, under which the service keeps its answers. */
  readonly answered = new Map<string, Answered>();
  /** How many tries weren't answered, not even by a 503. */
  unanswered = 0;
  private turn = 0;

  constructor(
    private readonly services: readonly ServiceProcess[],
    private readonly keys: { readonly environment: string; readonly limited: string; readonly other: string },
  ) {}

  /** Asks until it is answered. @throws at an answer that no such request may have */
  async ask(asked: Asked): Promise<Answer> {
    const key = randomUUID();
    return this.enter(key, asked, await this.settle(key, asked));
  }

  /** Asks all processes at once, with the same key. @throws where their answers differ */
  async askAll(asked: Asked): Promise<Answer> {
    const key = randomUUID();
    const [answer, ...others] = await Promise.all(this.services.map(() => this.settle(key, asked)));
    if (!answer) throw new Error('there is no service to ask');
    for (const { text } of others)
      if (text !== answer.text) throw new Error(`${asked.path} was answered ${answer.text} and ${text}`);
    return this.enter(key, asked, answer);
  }

  private enter(key: string, asked: Asked, answer: Answer): Answer {
    if (!STATUSES[asked.kind].includes(answer.status)) {
      throw new Error(`${asked.path} was answered ${answer.status} ${answer.text}`);
    }
    this.answered.set(this.digestOf(key), { ...asked, answer });
    return answer;
  }

  private async settle(key: string, { isLimited, path, body }: Asked): Promise<Answer> {
    for (;;) {
      const answer = await this.client(isLimited)
        .post(path, body, { key })
        .catch(() => null);
      if (answer && !isUnavailable(answer)) return answer;
      if (!answer) this.unanswered += 1;
      await sleep(RETRY_DELAY_MS);
    }
  }

  private client(isLimited: boolean): ApiClient {
    this.turn += 1;
    const service = this.services[this.turn % this.services.length];
    if (!service) throw new Error('there is no service to ask');
    return service.as(isLimited ? this.keys.limited : this.keys.other);
  }

  private digestOf(key: string): string {
    const hex = hash('sha256', `${this.keys.environment}\0${key}`, 'hex');
    return hex.slice(0, 32).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
  }
}
