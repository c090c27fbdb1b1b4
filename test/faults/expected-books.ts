import { expect } from '@jest/globals';
import { larger, sum, text, units, type Units } from '../model/units.ts';
import type { Answer } from '../support/api-client.ts';
import type { AuthorizationView, BalanceView, ItemView } from '../support/views.ts';
import type { Decided, Request } from './requests.ts';

interface Standing {
  readonly status: AuthorizationView['status'];
  readonly amount: Units;
  readonly held: Units;
  readonly committed: Units;
  readonly refunded: Units;
}

interface Expected {
  readonly account: string;
  readonly standing: Standing;
  /** The last answer about it. */
  readonly view: AuthorizationView;
}

/** What one deed did to an account, and the balance that its answer told. */
interface Move {
  readonly posted: Units;
  readonly held: Units;
  readonly told: BalanceView;
}

const NOTHING: Standing = { status: 'authorized', amount: 0n, held: 0n, committed: 0n, refunded: 0n };

/**
 * What the books must be, worked out from the requests and from which of them were approved. Every account the load has
 * can pay for all that it asks, except where a request is declined.
 */
export class ExpectedBooks {
  readonly authorizations = new Map<string, Expected>();
  private readonly granted = new Map<string, Units>();
  private readonly moves = new Map<string, Move[]>();

  get accounts(): readonly string[] {
    return [...this.granted.keys()];
  }

  /** Enters what an answer says was done. The answers about one authorization come in their order. */
  enter({ deeds, path }: Request, { status, body }: Answer): void {
    if (status === 402) return;
    const items = path.endsWith('batch') ? (body as { items: ItemView[] }).items : null;
    deeds.forEach((deed, index) => {
      const view = items ? items[index]?.authorization : (body as AuthorizationView);
      if (deed.kind === 'open') this.granted.set(deed.account, 0n);
      else if (deed.kind === 'grant') this.grant(deed.account, units(deed.amount));
      else if (view) this.decide(deed, view);
    });
  }

  balanceOf(account: string): Pick<BalanceView, 'posted' | 'held' | 'available'> {
    const moves = this.moves.get(account) ?? [];
    const posted = this.grantedTo(account) + sum(moves, (move) => move.posted);
    const held = sum(moves, (move) => move.held);
    return { posted: text(posted), held: text(held), available: text(posted - held) };
  }

  grantedTo(account: string): Units {
    return this.granted.get(account) ?? 0n;
  }

  /**
   * Every answer tells the balance right after it. So what it tells, less what it did, is what the decision before it told,
   * from the first one to the last: no decision saw a balance that another one, lost since, had left.
   */
  expectUnbrokenHistory(account: string): void {
    const open = new Map<string, number>();
    const count = (posted: Units, held: Units, by: number): void => {
      const balance = `${text(posted)} posted, ${text(held)} held`;
      open.set(balance, (open.get(balance) ?? 0) + by);
    };
    count(this.grantedTo(account), 0n, 1);
    for (const { posted, held, told } of this.moves.get(account) ?? []) {
      count(units(told.posted), units(told.held), 1);
      count(units(told.posted) - posted, units(told.held) - held, -1);
      expect(units(told.available)).toBe(units(told.posted) - units(told.held));
    }
    const { posted, held } = this.balanceOf(account);
    count(units(posted), units(held), -1);
    expect([...open].filter(([, left]) => left !== 0)).toEqual([]);
  }

  private grant(account: string, amount: Units): void {
    this.granted.set(account, this.grantedTo(account) + amount);
  }

  private decide(deed: Decided, view: AuthorizationView): void {
    const before = this.authorizations.get(view.id)?.standing ?? NOTHING;
    const after = standingAfter(deed, before);
    expect(view).toMatchObject({
      account: deed.account,
      status: after.status,
      amount: text(after.amount),
      held: text(after.held),
      committed: text(after.committed),
      refunded: text(after.refunded),
      uncollected: '0',
    });
    this.authorizations.set(view.id, { account: deed.account, standing: after, view });
    const moves = this.moves.get(deed.account) ?? [];
    this.moves.set(deed.account, moves);
    moves.push({
      posted: before.committed - after.committed + after.refunded - before.refunded,
      held: after.held - before.held,
      told: view.balance,
    });
  }
}

function standingAfter(deed: Decided, before: Standing): Standing {
  switch (deed.kind) {
    case 'authorize':
      return { ...NOTHING, amount: units(deed.amount), held: units(deed.amount) };
    case 'charge':
      return { ...NOTHING, status: 'committed', amount: units(deed.amount), committed: units(deed.amount) };
    case 'commit': {
      const spent = deed.amount === null ? before.held : units(deed.amount);
      const committed = before.committed + spent;
      if (deed.final) return { ...before, status: 'committed', committed, held: 0n };
      return { ...before, committed, held: larger(before.held - spent, 0n) };
    }
    case 'void':
      return { ...before, status: 'voided', held: 0n };
    case 'extend': {
      const more = units(deed.amount);
      return { ...before, amount: before.amount + more, held: before.held + more };
    }
    case 'refund': {
      const refunded = deed.amount === null ? before.committed : before.refunded + units(deed.amount);
      return { ...before, refunded };
    }
  }
}
