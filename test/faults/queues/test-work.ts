import type { Chore, QueuedChore } from '#background';
import { connect, type Pool } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';

// Stand for the outbox and the deliveries: a thing to do is announced, then tried until it succeeds, then noted as received.
const TABLES = `
  create table announced (id text primary key, relayed boolean not null default false, at timestamptz not null default clock_timestamp());
  create table things (
    id text primary key, done boolean not null default false, tries integer not null default 0, due_at timestamptz not null default now()
  );
  create table received (id text not null, at timestamptz not null default clock_timestamp());
  create table swept (at timestamptz not null default clock_timestamp());
`;

/** A thing that is tried is left alone by others for so long: longer than a busy disk keeps a commit waiting. */
const LEASE_MS = 15_000;
const TAKES_MS = 20;
const RELAYED_MAX = 1_000;
export const CONCURRENCY = 64;

type Job = Readonly<Record<'id', string>>;

/** Work for a worker, all of whose state is in Postgres. */
export class TestWork {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  static async prepare(databaseUrl: string): Promise<TestWork> {
    const pool = connect(databaseUrl, { log: () => undefined });
    await pool.query(TABLES);
    return new TestWork(pool);
  }

  async announce(ids: readonly string[]): Promise<void> {
    await this.#pool.query('insert into announced (id) select unnest($1::text[])', [ids]);
  }

  async state(): Promise<{ announced: number; done: number; received: number; receivedTwice: number; swept: number }> {
    const { rows } = await this.#pool.query<Record<'announced' | 'done' | 'received' | 'again' | 'swept', number>>(`
      select (select count(*)::int from announced) as announced, (select count(*)::int from things where done) as done,
        (select count(distinct id)::int from received) as received, (select count(*)::int from swept) as swept,
        (select count(*)::int - count(distinct id)::int from received) as again`);
    const [row] = rows;
    if (!row) throw new Error('a count is always there');
    const { announced, done, received, again, swept } = row;
    return { announced, done, received, receivedTwice: again, swept };
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  /** What a worker does of it: chores of each kind. */
  chores(): readonly Chore[] {
    const pool = this.#pool;
    const things: QueuedChore<Job> = {
      kind: 'queued',
      name: 'do_thing',
      concurrency: CONCURRENCY,
      attempts: 3,
      idOf: ({ id }) => id,
      due: async (limit) => {
        const due = 'select id from things where not done and due_at <= now() order by due_at limit $1';
        return (await pool.query<Job>(due, [limit])).rows;
      },
      handle: ({ id }) => attempt(pool, id),
    };
    const timed = { kind: 'timed', failureLevel: 'warn' } as const;
    return [
      things,
      {
        ...timed,
        name: 'relay',
        title: 'The relay',
        everyMs: 100,
        run: async (wake) => {
          const { rows } = await pool.query<Job>(
            `with taken as (select id from announced where not relayed order by at limit $1 for update skip locked),
              marked as (update announced set relayed = true where id in (select id from taken))
            insert into things (id) select id from taken returning id`,
            [RELAYED_MAX],
          );
          await wake(things, rows);
          return rows.length >= RELAYED_MAX;
        },
      },
      {
        ...timed,
        name: 'sweep',
        title: 'The sweep',
        everyMs: 5_000,
        schedule: { queue: 'sweep', everyMs: 1_000 },
        run: async () => {
          await pool.query('insert into swept default values');
          return false;
        },
      },
    ];
  }
}

async function attempt(pool: Pool, id: string): Promise<number | null> {
  const claimed = await pool.query<{ tries: number }>(
    `update things set tries = tries + 1, due_at = clock_timestamp() + $2 * interval '1 ms'
    where id = $1 and not done and due_at <= now() returning tries`,
    [id, LEASE_MS],
  );
  const tries = claimed.rows[0]?.tries;
  if (tries === undefined) {
    const { rows } = await pool.query<{ due_at: Date }>('select due_at from things where id = $1 and not done', [id]);
    return rows[0]?.due_at.getTime() ?? null;
  }
  await sleep(TAKES_MS);
  if (tries === 1 && Number(id.replace(/\D/g, '')) % 3 === 0) {
    const againAt = Date.now() + 500;
    await pool.query('update things set due_at = $2 where id = $1', [id, new Date(againAt)]);
    return againAt;
  }
  await pool.query('insert into received (id) values ($1)', [id]);
  await pool.query('update things set done = true where id = $1', [id]);
  return null;
}
