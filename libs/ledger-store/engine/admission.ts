import { LIVE } from '#ledger';
import type { Queued } from './submission.ts';

/**
 * A request of more characters per decision takes longer to write, and more memory while it waits. So the queue holds at most
 * 10 MB.
 */
const LENGTH_OF_A_DECISION = 512;
/** A request that counts for more than this is large. */
const LARGE = 64;

/** What part of the queue may be taken, at most, by … */
const PARTS = {
  /** … the requests about one account, */
  account: 0.5,
  /** … those of one API key, */
  key: 0.75,
  /** … those of an environment other than `live`, */
  environment: 0.25,
  /** … and large ones together. */
  large: 0.5,
} as const;
/** Below a full queue, because one that is too full for a batch of hundreds has room for single requests. */
const BUSY_PART = 0.9;

type Part = keyof typeof PARTS;

/** What requests with one thing in common have taken, like those of one API key. It is listed while it is any. */
class Share {
  private taken = 0;

  constructor(
    private readonly name: string,
    private readonly max: number,
    private readonly listed: Map<string, Share>,
  ) {}

  /** Whoever waits alone may take all of the queue, so that a bound never refuses what there is plenty of room for. */
  hasRoom(room: number): boolean {
    return this.taken === 0 || this.taken + room <= this.max;
  }

  take(room: number): void {
    if (this.taken === 0) this.listed.set(this.name, this);
    this.taken += room;
  }

  giveBack(room: number): void {
    this.taken -= room;
    if (this.taken === 0) this.listed.delete(this.name);
  }
}

/** A request's place in the queue, and in every share of it that it takes part in. */
export interface Place {
  readonly room: number;
  readonly shares: readonly Share[];
}

/**
 * Who may wait. Nobody gets the whole queue: however much is asked for one account, by one key, in one environment or in large
 * batches, there is room for the others.
 */
export class Admission {
  private waiting = 0;
  private readonly shares: Readonly<Record<Part, Map<string, Share>>> = {
    account: new Map(),
    key: new Map(),
    environment: new Map(),
    large: new Map(),
  };

  /** @param waitingMax the most decisions that may wait */
  constructor(private readonly waitingMax: number) {}

  get load(): { readonly waiting: number; readonly waitingMax: number } {
    return { waiting: this.waiting, waitingMax: this.waitingMax };
  }

  /** @param length characters of the request. @returns `null` where there is no room */
  admit(command: Queued, length: number): Place | null {
    const room = Math.max(command.weight, Math.ceil(length / LENGTH_OF_A_DECISION));
    const shares = this.sharesOf(command, room);
    if (this.waiting + room > this.waitingMax || !shares.every((share) => share.hasRoom(room))) return null;
    this.waiting += room;
    for (const share of shares) share.take(room);
    return { room, shares };
  }

  leave({ room, shares }: Place): void {
    this.waiting -= room;
    for (const share of shares) share.giveBack(room);
  }

  /** Whether a request of this many characters, of which nothing else is known, would find little room or none. */
  isBusyFor(length: number): boolean {
    if (this.waiting >= this.waitingMax * BUSY_PART) return true;
    const room = Math.ceil(length / LENGTH_OF_A_DECISION);
    return room > LARGE && !this.share('large', '').hasRoom(room);
  }

  private sharesOf({ environment, needs, command: { keyId } }: Queued, room: number): Share[] {
    const shares = [this.share('account', needs.accounts[0] ?? '')];
    if (keyId !== undefined) shares.push(this.share('key', keyId));
    if (environment !== LIVE) shares.push(this.share('environment', environment));
    if (room > LARGE) shares.push(this.share('large', ''));
    return shares;
  }

  private share(part: Part, name: string): Share {
    const listed = this.shares[part];
    return listed.get(name) ?? new Share(name, this.waitingMax * PARTS[part], listed);
  }
}
