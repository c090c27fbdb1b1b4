import { LIVE } from '#ledger';
import type { Waiting } from './waiting.ts';

/** How many decisions a turn is for. */
const ENVIRONMENT_TURN = 128;
const ACCOUNT_TURN = 32;

interface Source {
  readonly isEmpty: boolean;
  /** @returns `null` where what comes next is more than this many decisions */
  take(weightMax: number): Waiting | null;
}

/**
 * What waits to be decided. `live` and the other environments take turns, among these each environment, and within each its
 * accounts, so that one which asks for a great deal makes itself wait and not the others. The commands of an account leave in
 * the order in which they came.
 */
export class WorkQueue {
  private readonly live = new Rota(ACCOUNT_TURN, () => new Fifo());
  private readonly others = new Rota<Rota<Fifo>>(ENVIRONMENT_TURN, () => new Rota(ACCOUNT_TURN, () => new Fifo()));
  private liveWaiting = 0;
  private othersWaiting = 0;

  get isEmpty(): boolean {
    return this.live.isEmpty && this.others.isEmpty;
  }

  /** The decisions in it. */
  get weight(): number {
    return this.liveWaiting + this.othersWaiting;
  }

  /** Those of `live`. */
  get liveWeight(): number {
    return this.liveWaiting;
  }

  push(one: Waiting): void {
    const { environment, needs, weight } = one.queued;
    const account = needs.accounts[0] ?? '';
    if (isLive(one)) {
      this.live.of(account).push(one);
      this.liveWaiting += weight;
    } else {
      this.others.of(environment).of(account).push(one);
      this.othersWaiting += weight;
    }
  }

  /**
   * Takes as many as make up this many decisions; at least one where there is any.
   *
   * @param othersMax how many of them may be of environments other than `live`, unless none is of `live`: then one is
   */
  take(weightMax: number, othersMax = Number.POSITIVE_INFINITY): Waiting[] {
    const taken: Waiting[] = [];
    const weights = { live: 0, others: 0 };
    for (;;) {
      const fromLive = !this.live.isEmpty && (this.others.isEmpty || weights.live <= weights.others);
      const side = fromLive || weights.others >= othersMax ? 'live' : 'others';
      const room = taken.length === 0 ? Number.POSITIVE_INFINITY : weightMax - weights.live - weights.others;
      const one = this[side].take(room);
      if (!one) break;
      taken.push(one);
      weights[side] += one.queued.weight;
    }
    this.liveWaiting -= weights.live;
    this.othersWaiting -= weights.others;
    return taken;
  }

  takeAll(): Waiting[] {
    return this.take(Number.POSITIVE_INFINITY);
  }
}

export function isLive({ queued }: Waiting): boolean {
  return queued.environment === LIVE;
}

interface Member<S extends Source> {
  readonly source: S;
  /** What is left of its turn, in decisions. A request of many items may take it below zero; then it sits turns out. */
  credit: number;
}

/** Sources that take turns. */
class Rota<S extends Source> implements Source {
  /** Those with something in them. The first has its turn. */
  private readonly members = new Map<string, Member<S>>();

  constructor(
    private readonly turn: number,
    private readonly make: () => S,
  ) {}

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  /** The source of this name, to put something into. */
  of(name: string): S {
    let member = this.members.get(name);
    if (!member) this.members.set(name, (member = { source: this.make(), credit: this.turn }));
    return member.source;
  }

  take(weightMax: number): Waiting | null {
    for (const [name, member] of this.members) {
      // Whoever is alone has taken nothing from anybody.
      if (this.members.size === 1) member.credit = this.turn;
      if (member.credit > 0) {
        const one = member.source.take(weightMax);
        if (!one) return null;
        member.credit -= one.queued.weight;
        if (member.source.isEmpty) this.members.delete(name);
        else if (member.credit <= 0) this.endTurn(name, member);
        return one;
      }
      this.endTurn(name, member);
    }
    return null;
  }

  /** Whoever has had its turn comes last. A map that is walked meets again what was put behind. */
  private endTurn(name: string, member: Member<S>): void {
    member.credit += this.turn;
    this.members.delete(name);
    this.members.set(name, member);
  }
}

class Fifo implements Source {
  private items: Waiting[] = [];
  private head = 0;

  get isEmpty(): boolean {
    return this.head === this.items.length;
  }

  push(one: Waiting): void {
    this.items.push(one);
  }

  take(weightMax: number): Waiting | null {
    const one = this.items[this.head];
    if (!one || one.queued.weight > weightMax) return null;
    this.head += 1;
    if (this.head === this.items.length || this.head >= 1024) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return one;
  }
}
