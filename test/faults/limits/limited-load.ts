import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthorizationView } from '../../support/views.ts';
import type { Asked, LimitedClients } from './limited-clients.ts';

const CALLERS = 500;
const PROGRESS_MS_MAX = 120_000;
/** Instead of for an hour. */
const SOON = 1;

/** Whose credits a client spends, and with which key. */
type Spender = Pick<Asked, 'account' | 'user' | 'isLimited'>;

/** 500 clients of 40 users that hold and spend, everything that a client can do, without a pause. */
export class LimitedLoad {
  private readonly stopping = new AbortController();
  private readonly working: Promise<unknown>;
  private failure: Error | null = null;
  private readonly lapsed: { readonly spender: Spender; readonly id: string }[] = [];

  private constructor(
    private readonly clients: LimitedClients,
    private readonly accounts: readonly string[],
  ) {
    this.working = Promise.all(Array.from({ length: CALLERS }, (_, index) => this.work(index))).catch(
      (error: unknown) => {
        // Told to whoever waits next.
        this.failure = new Error('A client failed', { cause: error });
        this.stopping.abort();
      },
    );
  }

  static start(clients: LimitedClients, accounts: readonly string[]): LimitedLoad {
    return new LimitedLoad(clients, accounts);
  }

  /** Waits until that many more requests have been answered. */
  async progress(more: number): Promise<void> {
    const wanted = this.clients.answered.size + more;
    const deadline = performance.now() + PROGRESS_MS_MAX;
    while (this.clients.answered.size < wanted) {
      if (this.failure !== null) throw this.failure;
      if (performance.now() > deadline) throw new Error(`${String(more)} more requests take too long`);
      await sleep(10);
    }
  }

  /** Resolves when every request under way has been answered. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.working;
    if (this.failure !== null) throw this.failure;
  }

  /** Commits some of the holds that have lapsed. */
  async commitLate(): Promise<void> {
    const late = this.lapsed.filter((_, index) => index % 3 === 0);
    await Promise.all(late.map(({ spender, id }) => this.later(spender, 'commit', id, { amount: '0.7' })));
  }

  private async work(index: number): Promise<void> {
    for (let turn = 0; !this.stopping.signal.aborted; turn += 1) {
      const account = this.accounts[(index + turn) % this.accounts.length] ?? '';
      const user = `user ${String(index % 2)} of ${account}`;
      await this.spend({ account, user, isLimited: index % 5 !== 0 }, index + turn * 7);
    }
  }

  private async spend(spender: Spender, turn: number): Promise<void> {
    const kind = turn % 10;
    const amount = `${String(1 + (turn % 5))}.5`;
    if (kind === 0) {
      await this.clients.ask({ ...spender, ...request('charge', { ...tagged(spender), amount: '0.3' }) });
      return;
    }
    const asked = {
      ...spender,
      ...request('authorize', { ...tagged(spender), amount, ...(kind === 1 && { expires_in: SOON }) }),
    };
    const { status, body } = await (kind === 2 ? this.clients.askAll(asked) : this.clients.ask(asked));
    if (status === 402) return;
    const { id } = body as AuthorizationView;
    if (kind === 1) this.lapsed.push({ spender, id });
    else await this.settle(spender, id, kind);
  }

  private async settle(spender: Spender, id: string, kind: number): Promise<void> {
    const ask = (next: Asked['kind'], body: object): Promise<unknown> => this.later(spender, next, id, body);
    if (kind <= 3) await ask('void', {});
    else if (kind === 4) await ask('commit', { amount: '0.4' });
    else if (kind === 5) await ask('commit', { amount: '6' });
    else if (kind === 6) {
      await ask('commit', { amount: '0.25', final: false });
      await ask('commit', { amount: '5', final: false });
      await ask('commit', { amount: '0' });
    } else if (kind === 7) {
      await ask('commit', {});
      await ask('refund', { amount: '0.4' });
      await ask('refund', {});
    } else if (kind === 8) {
      await ask('extend', { amount: '1.5', expires_in: 3600 });
      await ask('commit', { amount: '0.1' });
    } else {
      await ask('commit', { amount: '7' });
      await ask('refund', { amount: '3' });
    }
  }

  private later(spender: Spender, kind: Asked['kind'], id: string, body: object): Promise<unknown> {
    return this.clients.ask({ ...spender, kind, path: `/v1/authorizations/${id}/${kind}`, body });
  }
}

function tagged({ account, user }: Spender): { account: string; tags: { user: string } } {
  return { account, tags: { user } };
}

function request(kind: 'authorize' | 'charge', body: object): Pick<Asked, 'kind' | 'path' | 'body'> {
  return { kind, path: kind === 'charge' ? '/v1/charges' : '/v1/authorizations', body };
}
