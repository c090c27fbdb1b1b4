import type { DatabaseUnderTest } from '../postgres-under-test.ts';

/** What one transaction has committed, in the order in which it was decided. */
export interface CommittedTransaction {
  /** When it was committed, in milliseconds since 1970. */
  readonly at: number;
  /** Holds that lapsed before anything else was decided. */
  readonly lapsed: readonly string[];
  readonly answers: readonly RememberedAnswer[];
  /** As they are afterwards. */
  readonly counters: readonly CounterRow[];
}

/** An answer to a request with an Idempotency-Key. */
export interface RememberedAnswer {
  /** The digest under which it is kept. */
  readonly key: string;
  readonly status: number;
  readonly body: string;
}

export interface CounterRow {
  readonly account: string;
  readonly counter: string;
  readonly kind: 'budget' | 'share';
  readonly name: string | null;
  readonly value: string | null;
  readonly windowStart: number;
  readonly used: string;
  readonly reserved: string;
  readonly overrun: string;
  readonly granted: string | null;
}

// A service may write to the tables, and not to the journal, so the functions run as their owner.
const JOURNAL = `
  create table journal (
    number bigint generated always as identity primary key,
    transaction bigint not null default pg_current_xact_id()::text::bigint,
    kind text not null,
    content json not null
  );
  create function journal_answer() returns trigger language plpgsql security definer as $$ begin
    insert into journal (kind, content) values
      ('answer', json_build_object('key', new.key, 'status', new.status, 'body', new.body));
    return null;
  end $$;
  create function journal_lapse() returns trigger language plpgsql security definer as $$ begin
    insert into journal (kind, content) values ('lapse', to_json(new.id));
    return null;
  end $$;
  create function journal_counter() returns trigger language plpgsql security definer as $$ begin
    insert into journal (kind, content) select 'counter', json_build_object(
      'account', external_id, 'counter', new.counter, 'kind', new.kind, 'name', new.name, 'value', new.value,
      'windowStart', (extract(epoch from new.window_start) * 1000)::bigint, 'used', new.used::text,
      'reserved', new.reserved::text, 'overrun', new.overrun::text, 'granted', new.granted::text)
    from accounts where account_id = new.account_id;
    return null;
  end $$;
  create trigger journal after insert on idempotency_keys for each row execute function journal_answer();
  create trigger journal after insert on idempotency_keys_kept for each row execute function journal_answer();
  create trigger journal after insert on authorizations for each row when (new.status = 'expired')
    execute function journal_lapse();
  create trigger journal after insert or update on counters for each row when (new.kind in ('budget', 'share'))
    execute function journal_counter();
`;

// When a transaction depends on another one, it was committed later.
const COMMITTED = `
  select (extract(epoch from at) * 1000)::float8 as at, entries from (
    select pg_xact_commit_timestamp(transaction::text::xid) as at, max(number) as last,
      json_agg(json_build_array(kind, content) order by number) as entries
    from journal group by transaction
  ) transactions order by at, last`;

type Entry = readonly ['answer', RememberedAnswer] | readonly ['lapse', string] | readonly ['counter', CounterRow];

/**
 * Has Postgres write down all that is decided from now on, by triggers, so that nothing which is recomputed from it has gone
 * through the code that decided it. The server must have `track_commit_timestamp` on.
 */
export class DecisionJournal {
  private constructor(private readonly database: DatabaseUnderTest) {}

  static async begin(database: DatabaseUnderTest): Promise<DecisionJournal> {
    await database.query(JOURNAL);
    return new DecisionJournal(database);
  }

  /** All that was committed, in the order of commits. */
  async read(): Promise<readonly CommittedTransaction[]> {
    const rows = await this.database.query<{ at: number; entries: readonly Entry[] }>(COMMITTED);
    return rows.map(({ at, entries }) => {
      const counters = new Map<string, CounterRow>();
      for (const [kind, row] of entries) {
        if (kind === 'counter') counters.set(`${row.account} ${row.counter} ${String(row.windowStart)}`, row);
      }
      return {
        at,
        lapsed: entries.flatMap(([kind, id]) => (kind === 'lapse' ? [id] : [])),
        answers: entries.flatMap(([kind, answer]) => (kind === 'answer' ? [answer] : [])),
        counters: [...counters.values()],
      };
    });
  }
}
