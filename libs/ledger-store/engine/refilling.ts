import { Amount } from '#amounts';
import type { Outcome, ShareDecision, ShareWant } from '#ledger';
import type { LeaseSource, ReturnedShare, ReturnShare } from '../limits/lease-source.ts';
import type { Lacking } from './decide-batch.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import { queued, type Answer, type Queued, type Submission } from './submission.ts';
import type { Waiting } from './waiting.ts';

export interface RefillingParts {
  /** Absent where there are no limits over many accounts, and so nothing lacks any. */
  readonly leases: LeaseSource | undefined;
  /** Decides a command of the lane's own. */
  readonly submit: (command: Queued) => Promise<Answer>;
}

interface InNeed {
  readonly one: Waiting;
  readonly wants: readonly ShareWant[];
}

/** Others may take what was leased to an account before its command is decided, but not for ever. */
const REFILLS_MAX = 50;

/**
 * Leases what commands need of limits over many accounts, where the accounts' shares don't suffice. It locks no account and holds
 * up nobody; meanwhile batches go on, and more commands gather for the next refill. The decisions that follow take the leases.
 */
export class Refilling {
  private waiting: InNeed[] = [];

  constructor(private readonly parts: RefillingParts) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Takes those that are lacking. @returns the others */
  pushAll(batch: readonly Waiting[], lacking: Lacking): readonly Waiting[] {
    return batch.filter((one) => {
      const wants = lacking.get(one.queued);
      if (wants) this.waiting.push({ one, wants });
      return !wants;
    });
  }

  takeAll(): readonly Waiting[] {
    return this.waiting.splice(0).map(({ one }) => one);
  }

  /** Leases what is lacking, as far as there is any. @returns the commands that can be decided now, if only to be refused */
  async refill(): Promise<readonly Waiting[]> {
    const batch = this.waiting.splice(0);
    const tried = batch.filter(({ one }) => one.refills < REFILLS_MAX);
    for (const { one } of batch)
      if (one.refills >= REFILLS_MAX) one.reject(unavailable(new Error('a limit is contended')));
    const wants = tried.flatMap(({ one, wants: own }) => {
      const isJoint = one.queued.needs.accounts.length > 1;
      return own.map((want) => ({ ...want, isJoint }));
    });
    try {
      if (!this.parts.leases) throw new Error('nobody leases shares of limits');
      const { leases, exhausted } = await this.parts.leases.refill(wants, this.returnShare);
      for (const { one } of tried) {
        const { needs, refilled } = one.queued;
        const own = leases.filter(({ accountKey }) => needs.accounts.includes(accountKey));
        one.refills += 1;
        // A batch over several accounts takes all its leases at once, or none.
        one.queued.refilled = { leases: [...(refilled?.leases ?? []), ...own], exhausted };
      }
      return tried.map(({ one }) => one);
    } catch (error) {
      // Whatever was leased by now is found by the account's next refill.
      for (const { one } of tried) one.reject(unavailable(error));
      return [];
    }
  }

  private readonly returnShare: ReturnShare = async (share): Promise<ReturnedShare> => {
    const answer = await this.parts.submit(queued(returnShareSubmission(share)));
    return returnedShare(answer);
  };
}

/** What makes a share smaller, by whichever engine. */
export function returnShareSubmission(share: Parameters<ReturnShare>[0]): Submission<'return_share'> {
  return {
    command: { type: 'return_share', ...share },
    key: null,
    render: (outcome: Outcome<ShareDecision>) =>
      outcome.ok
        ? { status: 200, body: JSON.stringify([outcome.value.granted.toFixed(), outcome.value.lease]) }
        : { status: 404, body: '' },
  };
}

export function returnedShare({ status, body }: Answer): ReturnedShare {
  if (status !== 200) throw new Error('an account that has a share is not there');
  const [granted, lease] = JSON.parse(body) as [string, number];
  return { granted: new Amount(granted), lease };
}

function unavailable(cause: unknown): LedgerUnavailable {
  return cause instanceof LedgerUnavailable && cause.reason === 'database_unavailable'
    ? cause
    : new LedgerUnavailable('database_unavailable', { cause });
}
