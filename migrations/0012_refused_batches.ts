import { sql, type Kysely } from 'kysely';

/** Lets a guard say which accounts or keys it refuses a batch for, so that only those are decided in another way. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(REFUSE_BATCH).execute(db);
}

// Called only by a guard that has found that a batch can't be written as it was decided. The detail lists what it found,
// separated by commas. The codes are of a class that Postgres doesn't use.
const REFUSE_BATCH = `
  create function refuse_batch(code text, details text) returns boolean language plpgsql as $$
  begin
    case code
      when 'PU001' then raise exception 'the batch was decided on accounts that have changed since'
        using errcode = 'PU001', detail = details;
      when 'PU002' then raise exception 'a request of the batch was answered before' using errcode = 'PU002', detail = details;
      when 'PU003' then raise exception 'the batch was decided before a test clock was advanced' using errcode = 'PU003';
      when 'PU004' then raise exception 'the batch was decided for another time' using errcode = 'PU004';
    end case;
  end $$;
`;
