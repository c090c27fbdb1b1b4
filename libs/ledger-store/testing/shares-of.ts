import type { TestBooks } from './test-books.ts';

/** What breaks the promise of a limit: one line for each window in which more is authorized, leased or granted than may be. */
export async function brokenPromises(books: TestBooks): Promise<string> {
  return books.value(`
    with shares as (
      select s.limit_id, s.window_start, s.granted as leased, coalesce(c.granted, 0) as granted,
        coalesce(c.used + c.reserved - c.overrun, 0) as authorized
      from span_limit_shares s left join counters c
        on c.account_id = s.account_id and c.counter = s.limit_id and c.window_start = s.window_start
    ), windows as (
      select w.limit_id, w.granted, w."limit", sum(s.leased) as leased, sum(s.authorized) as authorized,
        bool_and(s.granted <= s.leased and s.authorized <= s.granted) as within
      from span_limit_windows w join shares s using (limit_id, window_start) group by 1, 2, 3
    )
    select coalesce(string_agg(w::text, e'\\n'), '') from windows w
    where not within or leased <> granted or granted > "limit" or authorized > granted`);
}
