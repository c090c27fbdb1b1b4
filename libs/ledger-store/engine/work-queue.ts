import { LIVE } from '#ledger';
import type { Waiting } from './waiting.ts';

/** How many decisions a turn is for. */
const ENVIRONMENT_TURN = 128;
const ACCOUNT_TURN = 32;

/** A batch of fewer would cost as much. */
const SHARED_MIN = 16;

interface Source {
  readonly isEmpty: boolean;
  /** @returns `null` where what comes next is more than this many decisions */
  take(weightMax: number): Waiting | null;
}

/**
 * What waits to be decided. Environments take turns, and within each its accounts, so that one which asks for a great deal
 * makes itself wait and not the others. The commands of an account leave in the order in which they came.
 */
export class WorkQueue {
  /** The decisions in it. */
  weight = 0;
  private readonly environments = new Rota<Rota<Fifo>>(
    ENVIRONMENT_TURN,
    () => new Rota(ACCOUNT_TURN, () => new Fifo()),
  );

  /** The decisions of `live` in it. */
  private liveWeight = 0;

  get isEmpty(): boolean {
    return this.environments.isEmpty;
  }

  push(one: Waiting): void {
    const { environment, needs, weight } = one.queued;
    const account = needs.accounts[0] ?? '';
    this.environments.of(environment).of(account).push(one);
    this.weight += weight;
    if (environment === LIVE) this.liveWeight += weight;
  }

  /**
   * How many decisions to take at once. Where requests of `live` wait, no more of others share their batch than there are
   * of them: what a batch takes to be decided, written and answered is time that everybody in it waits.
   */
  share(weightMax: number): number {
    const isMixed = this.liveWeight > 0 && this.liveWeight < this.weight;
    return isMixed ? Math.min(weightMax, Math.max(2 * this.liveWeight, SHARED_MIN)) : weightMax;
  }

  /** Takes as many as make up this many decisions; at least one where there is any. */
  take(weightMax: number): Waiting[] {
    const taken: Waiting[] = [];
    let weight = 0;
    while (!this.isEmpty) {
      const one = this.environments.take(taken.length === 0 ? Number.POSITIVE_INFINITY : weightMax - weight);
      if (!one) break;
      taken.push(one);
      weight += one.queued.weight;
    }
    this.weight -= weight;
    for (const { queued } of taken) if (queued.environment === LIVE) this.liveWeight -= queued.weight;
    return taken;
  }

  takeAll(): Waiting[] {
    return this.take(Number.POSITIVE_INFINITY);
  }
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
