import { Repeater } from '#background';
import type { Pool } from '#database';
import { timeOf, type AccountDecision, type AccountRef } from '#ledger';
import { queryable } from '../queryable.ts';
import { attemptRead } from './attempt-read.ts';
import { EVENTS, type EventRow } from '../tables/events.ts';
import { readingOf } from './account-reader.ts';
import type { StoredEvent } from './event-reader.ts';
import { accountIn, inSnapshot, readSettled } from './snapshot.ts';

/** An event of an account, with its sequence number. */
export interface NumberedEvent extends StoredEvent {
  readonly sequence: number;
}

/** A reader that follows an account. */
export interface Follower {
  /** The sequence number of the last event that it has seen; `null`: it wants only those that come from now on. */
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
  /** The account's version when it was last pushed; every write moves it. */
  version: string | null;
}

interface Position {
  account_id: string;
  id_clock: string;
  event_sequence: string;
}

const POLL_MS = 250;
/** A follower that has missed more gets the rest at the next polls. */
const EVENTS_AT_ONCE = 100;

/**
 * Pushes to followers what happens to accounts. All followers of a process share two statements at each poll, four times a
 * second, and there is none while nobody follows. An account's events are numbered without a gap under its lock, so none can
 * be missed.
 */
export class AccountFeed {
  private readonly followed = new Set<Followed>();
  private polling: Repeater | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly log: (line: string) => void,
  ) {}

  /** @returns what ends it */
  follow(ref: AccountRef, follower: Follower): () => void {
    const one: Followed = { ref, follower, after: follower.after, version: null };
    this.followed.add(one);
    this.polling ??= this.startPolling();
    void this.polling.runNow();
    return () => {
      this.followed.delete(one);
      if (this.followed.size > 0) return;
      void this.polling?.stop();
      this.polling = null;
    };
  }

  private startPolling(): Repeater {
    const task = async (): Promise<boolean> => {
      await this.push();
      return false;
    };
    const repeater = new Repeater({
      title: 'Following accounts',
      everyMs: POLL_MS,
      retryMs: POLL_MS,
      task,
      log: this.log,
    });
    repeater.start(POLL_MS);
    return repeater;
  }

  private async push(): Promise<void> {
    const all = [...this.followed];
    const positions = await this.positionsOf(all);
    const news = all.filter((one) => {
      const position = positions.get(one.ref.key);
      if (!position) return false;
      const last = Number(position.event_sequence);
      // A number that no event has yet can't have been seen: whatever comes next is new.
      one.after = Math.min(one.after ?? last, last);
      return position.id_clock !== one.version || last > one.after;
    });
    if (news.length === 0) return;
    const events = await this.eventsOf(news);
    const accounts = await this.accountsOf(news.map(({ ref }) => ref));
    for (const [at, one] of news.entries()) {
      const mine = events.get(at) ?? [];
      const position = positions.get(one.ref.key);
      one.version = position?.id_clock ?? null;
      // If there were fewer than it asked for, older ones are gone: they were too old to be kept.
      const seen = mine.length < EVENTS_AT_ONCE ? Number(position?.event_sequence ?? 0) : 0;
      one.after = Math.max(mine.at(-1)?.sequence ?? 0, seen);
      if (this.followed.has(one)) one.follower.next({ events: mine, account: accounts[at] ?? null });
    }
  }

  private async positionsOf(followed: readonly Followed[]): Promise<ReadonlyMap<string, Position>> {
    const keys = [...new Set(followed.map(({ ref }) => ref.key))];
    const { rows } = await queryable(this.pool).query<Position>(
      'select account_id, id_clock, event_sequence from accounts where account_id = any($1::bigint[])',
      [keys],
    );
    return new Map(rows.map((row) => [row.account_id, row]));
  }

  /** By the follower's index in the list: two followers of one account may have seen different numbers. */
  private async eventsOf(followed: readonly Followed[]): Promise<ReadonlyMap<number, NumberedEvent[]>> {
    const { rows } = await queryable(this.pool).query<EventRow & { at: string; sequence: string }>(
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
            readings.set(ref.key, readingOf(found, timeOf(loaded, found)));
          }
        }
        return refs.map(({ key }) => readings.get(key) ?? null);
      }),
    );
  }
}
