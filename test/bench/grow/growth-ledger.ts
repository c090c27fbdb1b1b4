import { Amount, ZERO } from '#amounts';
import {
  accountKey,
  accountKeyOf,
  DEFAULT_HOLD_SECONDS,
  type AccountRef,
  type AuthorizationDecision,
  type Authorize,
  type Command,
  type CommandType,
  type Decisions,
  type Outcome,
} from '#ledger';
import { Engine, type Rendered } from '#ledger-store';
import { randomUUID } from 'node:crypto';
import { authorizationView } from '../../../apps/api/authorizations/authorization.view.ts';
import { accountId, ENVIRONMENT } from './account-source.ts';

/** As many as one request may carry. */
const BATCH = 1000;

/** An engine that is spoken to as the API does: under keys, with answers to be remembered. Throws where it says no. */
export class GrowthLedger {
  readonly #engine: Engine;

  constructor(databaseUrl: string) {
    this.#engine = new Engine({ databaseUrl, log: () => undefined });
  }

  /** Holds 0.02 credits. @returns the authorization's id. */
  async authorize(account: number): Promise<string> {
    const command: Command<'authorize'> = { type: 'authorize', ...hold(account, DEFAULT_HOLD_SECONDS) };
    let id = '';
    await this.#must(command, command.account.key, (decision) => {
      id = decision.authorization.id;
      return viewed(decision);
    });
    return id;
  }

  /** Commits the half of what is held. */
  async commit(id: string): Promise<void> {
    const authorization = { environment: ENVIRONMENT, id };
    const command: Command<'commit'> = { type: 'commit', authorization, amount: new Amount('0.01'), final: true };
    await this.#must(command, accountKeyOf(id), viewed);
  }

  /** Holds 0.02 credits so many times, in batches as large as a request's may be. */
  async holdMany(account: number, count: number, holdSeconds: number): Promise<void> {
    for (let left = count; left > 0; left -= BATCH) {
      const items = Array.from({ length: Math.min(left, BATCH) }, () => hold(account, holdSeconds));
      const command: Command<'authorize_batch'> = { type: 'authorize_batch', mode: 'all_or_nothing', items };
      await this.#must(command, refOf(account).key, () => '{}');
    }
  }

  async grant(account: number, amount: string): Promise<void> {
    const command: Command<'create_grant'> = {
      type: 'create_grant',
      account: refOf(account),
      amount: new Amount(amount),
      category: 'paid',
      priority: 100,
      scope: null,
      costBasis: ZERO,
      effectiveAt: null,
      expiresAt: null,
      metadata: {},
    };
    await this.#must(command, command.account.key, () => '{}');
  }

  stop(): Promise<void> {
    return this.#engine.stop();
  }

  async #must<T extends CommandType>(
    command: Command<T>,
    scope: string,
    view: (decision: Decisions[T]) => string,
  ): Promise<void> {
    const render = (outcome: Outcome<Decisions[T]>): Rendered =>
      outcome.ok ? { status: 200, body: view(outcome.value) } : { status: 402, body: JSON.stringify(outcome.refusal) };
    const key = { scope, key: randomUUID(), fingerprint: randomUUID(), forever: false };
    const { status, body } = await this.#engine.submit<T>({ command, key, render });
    if (status !== 200) throw new Error(`${command.type} was refused: ${body}`);
  }
}

function viewed(decision: AuthorizationDecision): string {
  return JSON.stringify(authorizationView(decision, { seesCost: true }));
}

function refOf(account: number): AccountRef {
  const id = accountId(account);
  return { environment: ENVIRONMENT, id, key: accountKey(ENVIRONMENT, id) };
}

function hold(account: number, holdSeconds: number): Authorize {
  const amount = new Amount('0.02');
  return { account: refOf(account), amount, usage: [], tags: {}, metadata: {}, holdSeconds, overage: null };
}
