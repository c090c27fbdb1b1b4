import type { Pool } from '#database';
import { balanceOf, timeOf, type AccountDecision, type AccountRef } from '#ledger';
import { asking } from '../asking.ts';
import { attemptRead } from './attempt-read.ts';
import { EVENTS, type EventRow } from '../tables/events.ts';
import type { StoredEvent } from './event-reader.ts';
import { accountIn, inSnapshot, readSettled } from './snapshot.ts';

/** An event of an account, with its number there. */
export interface NumberedEvent extends StoredEvent {
  readonly sequence: number;
}

/** Whoever follows an account. */
export interface Follower {
  /** The number of the last event it has seen; `null`: it wants those that come from now on. */
  readonly after: number | null;
  /** Called with what is new: events in order, then the account where it has changed. What it does must not throw. */
  readonly next: (news: {
    readonly events: readonly NumberedEvent[];
    readonly account: AccountDecision | null;
  }) => void;
}

interface Followed {
  readonly ref: AccountRef;
  readonly follower: Follower;
  after: number | null;
  /** The account's clock when it was last told, which every write moves. */
  stamp: string | null;
}

interface Place {
  account_id: string;
  id_clock: string;
  event_sequence: string;
}

const POLL_MS = 250;
/** Who was away for long gets the rest at the next looks. */
const EVENTS_AT_ONCE = 100;

/**
 * Tells followers what becomes of accounts. All of a process share two statements at each look, four times a second, and
 * none while nobody follows. An account's events are numbered without a gap under its lock, so none can be passed over.
 */
export class AccountFeed {
  private readonly followed = new Set<Followed>();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly log: (line: string) => void,
  ) {}

  get followers(): number {
    return this.followed.size;
  }

  /** @returns what ends it */
  follow(ref: AccountRef, follower: Follower): () => void {
    const one: Followed = { ref, follower, after: follower.after, stamp: null };
    this.followed.add(one);
    this.timer ??= setInterval(() => void this.look(), POLL_MS).unref();
    void this.look();
    return () => {
      this.followed.delete(one);
      if (this.followed.size > 0 || !this.timer) return;
      clearInterval(this.timer);
      this.timer = null;
    };
  }

  /** One look at a time: where the database is slow, followers wait. */
  private look(): Promise<void> {
    this.looking ??= this.tell()
      .catch((error: unknown) => {
        this.log(`Accounts could not be followed: ${String(error)}`);
      })
      .finally(() => {
        this.looking = null;
      });
    return this.looking;
  }

  private async tell(): Promise<void> {
    const all = [...this.followed];
    const places = await this.placesOf(all);
    const news = all.filter((one) => {
      const place = places.get(one.ref.key);
      if (!place) return false;
      const last = Number(place.event_sequence);
      // A number that isn't given yet was never seen: what comes next is new.
      one.after = Math.min(one.after ?? last, last);
      return place.id_clock !== one.stamp || last > one.after;
    });
    if (news.length === 0) return;
    const events = await this.eventsOf(news);
    const accounts = await this.accountsOf(news.map(({ ref }) => ref));
    for (const [at, one] of news.entries()) {
      const mine = events.get(at) ?? [];
      const place = places.get(one.ref.key);
      one.stamp = place?.id_clock ?? null;
      // Fewer than it asked for are all there are: what was before them is too old to be kept, and needn't be looked for again.
      const seen = mine.length < EVENTS_AT_ONCE ? Number(place?.event_sequence ?? 0) : 0;
      one.after = Math.max(mine.at(-1)?.sequence ?? 0, seen);
      if (this.followed.has(one)) one.follower.next({ events: mine, account: accounts[at] ?? null });
    }
  }

  private async placesOf(followed: readonly Followed[]): Promise<ReadonlyMap<string, Place>> {
    const keys = [...new Set(followed.map(({ ref }) => ref.key))];
    const { rows } = await asking(this.pool).query<Place>(
      'select account_id, id_clock, event_sequence from accounts where account_id = any($1::bigint[])',
      [keys],
    );
    return new Map(rows.map((row) => [row.account_id, row]));
  }

  /** By the follower's place in the list: two of one account may have seen different numbers. */
  private async eventsOf(followed: readonly Followed[]): Promise<ReadonlyMap<number, NumberedEvent[]>> {
    const { rows } = await asking(this.pool).query<EventRow & { at: string; sequence: string }>(
      `select wanted.at, e.* from unnest($1::bigint[], $2::bigint[]) with ordinality wanted (account_id, after, at),
        lateral (
          select * from events
          where account_id = wanted.account_id and sequence > wanted.after order by sequence limit $3
        ) e order by wanted.at, e.sequence`,
      [followed.map(({ ref }) => ref.key), followed.map(({ after }) => after), EVENTS_AT_ONCE],
    );
    const events = rows.map((row) => ({
      at: Number(row.at) - 1,
      event: { ...EVENTS.fromRow(row), sequence: Number(row.sequence) },
    }));
    const grouped = Map.groupBy(events, ({ at }) => at);
    return new Map([...grouped].map(([at, list]) => [at, list.map(({ event }) => event)]));
  }

  private accountsOf(refs: readonly AccountRef[]): Promise<(AccountDecision | null)[]> {
    return attemptRead(() =>
      inSnapshot(this.pool, async (client) => {
        const readings = new Map<string, AccountDecision>();
        for (const [environment, own] of Map.groupBy(refs, (ref) => ref.environment)) {
          const keys = [...new Set(own.map(({ key }) => key))];
          const loaded = await readSettled(client, environment, keys);
          for (const ref of own) {
            const found = accountIn(loaded, ref);
            if (!found) continue;
            const { account } = found;
            readings.set(ref.key, { account, balance: balanceOf(found), created: false, asOf: timeOf(loaded, found) });
          }
        }
        return refs.map(({ key }) => readings.get(key) ?? null);
      }),
    );
  }
}
