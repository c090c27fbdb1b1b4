import { Amount } from '#amounts';
import { DEFAULT_HOLD_SECONDS, type AccountRef, type AuthorizationDecision, type Outcome } from '#ledger';
import type { Engine, IdempotencyKey, Rendered } from '#ledger-store';
import { randomUUID } from 'node:crypto';
import { authorizationView } from '../../apps/api/authorizations/authorization.view.ts';
import type { LoadResult } from './load/load.ts';
import { Tally } from './load/tally.ts';

interface PairsOptions {
  readonly account: AccountRef;
  /** Pairs under way at once. */
  readonly atOnce: number;
  readonly seconds: number;
}

/** Authorizes and commits without HTTP, keys and rendered answers included. A latency is that of a whole pair. */
export async function runPairs(
  engine: Pick<Engine, 'submit'>,
  { account, atOnce, seconds }: PairsOptions,
): Promise<Pick<LoadResult, 'perSecond' | 'decisions' | 'latency'>> {
  const tally = new Tally(seconds);
  const work = async (): Promise<void> => {
    for (let now = performance.now(); now < tally.endAt; now = performance.now()) {
      await runPair(engine, account);
      tally.answered(now, 'pair');
      tally.decided(1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return tally.result();
}

async function runPair(engine: Pick<Engine, 'submit'>, account: AccountRef): Promise<void> {
  let id = '';
  const authorized = await engine.submit({
    command: {
      type: 'authorize',
      account,
      amount: new Amount('0.5'),
      usage: [{ event: 'chat.completed', model: 'gpt-x' }],
      tags: { feature: 'chat' },
      metadata: {},
      holdSeconds: DEFAULT_HOLD_SECONDS,
      overage: null,
    },
    key: freshKey(account),
    render: (outcome) => {
      if (outcome.ok) id = outcome.value.authorization.id;
      return render(201, outcome);
    },
  });
  if (authorized.status !== 201) throw new Error(`An authorization was refused: ${authorized.body}`);
  const committed = await engine.submit({
    command: { type: 'commit', authorization: { environment: 'live', id }, amount: new Amount('0.25'), final: true },
    key: freshKey(account),
    render: (outcome) => render(200, outcome),
  });
  if (committed.status !== 200) throw new Error(`A commit was refused: ${committed.body}`);
}

function render(status: number, outcome: Outcome<AuthorizationDecision>): Rendered {
  if (!outcome.ok) return { status: 409, body: outcome.refusal.code };
  return { status, body: JSON.stringify(authorizationView(outcome.value, { seesCost: true })) };
}

function freshKey({ key: scope }: AccountRef): IdempotencyKey {
  return { scope, key: randomUUID(), fingerprint: randomUUID(), forever: false };
}
