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

/** A request's place in the queue, and in every part of it that it takes. */
export interface Place {
  readonly room: number;
  readonly parts: readonly (readonly [part: Part, name: string])[];
}

/**
 * Who may wait. Nobody gets the whole queue: however much is asked for one account, by one key, in one environment or in large
 * batches, there is room for the others.
 */
export class Admission {
  private waiting = 0;
  private readonly taken = new Map<string, number>();

  /** @param waitingMax the most decisions that may wait */
  constructor(private readonly waitingMax: number) {}

  get load(): { readonly waiting: number; readonly waitingMax: number } {
    return { waiting: this.waiting, waitingMax: this.waitingMax };
  }

  /** @param length characters of the request. @returns `null` where there is no room */
  admit(command: Queued, length: number): Place | null {
    const room = Math.max(command.weight, Math.ceil(length / LENGTH_OF_A_DECISION));
    const parts = partsOf(command, room);
    if (this.waiting + room > this.waitingMax || parts.some((part) => !this.hasRoom(part, room))) return null;
    this.waiting += room;
    for (const [part, name] of parts) this.change(`${part} ${name}`, room);
    return { room, parts };
  }

  leave({ room, parts }: Place): void {
    this.waiting -= room;
    for (const [part, name] of parts) this.change(`${part} ${name}`, -room);
  }

  /** Whether a request of this many characters, of which nothing else is known, would find little room or none. */
  isBusyFor(length: number): boolean {
    if (this.waiting >= this.waitingMax * BUSY_PART) return true;
    const room = Math.ceil(length / LENGTH_OF_A_DECISION);
    return room > LARGE && !this.hasRoom(['large', ''], room);
  }

  /** Whoever waits alone may take all of it, so that a bound never refuses what there is plenty of room for. */
  private hasRoom([part, name]: readonly [Part, string], room: number): boolean {
    const taken = this.taken.get(`${part} ${name}`) ?? 0;
    return taken === 0 || taken + room <= this.waitingMax * PARTS[part];
  }

  private change(name: string, by: number): void {
    const taken = (this.taken.get(name) ?? 0) + by;
    if (taken === 0) this.taken.delete(name);
    else this.taken.set(name, taken);
  }
}

function partsOf({ environment, needs, command: { keyId } }: Queued, room: number): (readonly [Part, string])[] {
  return [
    ['account', needs.accounts[0] ?? ''],
    ...(keyId === undefined ? [] : [['key', keyId] as const]),
    ...(environment === LIVE ? [] : [['environment', environment] as const]),
    ...(room > LARGE ? [['large', ''] as const] : []),
  ];
}
