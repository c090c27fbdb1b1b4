import { sql, type Kysely } from 'kysely';

/**
 * The amount of an open hold is what was authorized: what it held at first, and what every extension added. Of one that was
 * extended after a commit of more than it held, it was more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(CORRECT_AMOUNTS).execute(db);
}

const CORRECT_AMOUNTS = `
  with authorized as (
    select account_id, id, (
      select sum(greatest(0, more)) from (
        select (step ->> 1)::numeric - lag((step ->> 1)::numeric, 1, 0) over (order by place) as more
        from jsonb_array_elements(steps) with ordinality steps (step, place)
      ) changes
    ) as amount
    from holds where jsonb_array_length(steps) > 0
  ),
  corrected as (
    update holds h set amount = a.amount from authorized a
    where h.account_id = a.account_id and h.id = a.id and h.amount <> a.amount returning h.account_id
  )
  update accounts set id_clock = id_clock + 1 where account_id in (select account_id from corrected);
`;
