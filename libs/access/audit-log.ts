import type { JsonObject } from '#amounts';
import type { Actor, Queryable, AuditedChange } from '#ledger-store';

export interface AuditEntry extends AuditedChange {
  readonly id: string;
  readonly actor: Actor;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

interface AuditRow {
  readonly environment: string;
  readonly id: string;
  readonly actor_key: string;
  readonly actor_name: string;
  readonly call: string;
  readonly object: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  readonly request_id: string;
  readonly created_at: Date;
}

/** One environment's log, newest first. `after` is the id of the last entry of the page before. */
export async function listAudit(
  database: Queryable,
  environment: string,
  { object, limit, after }: { readonly object: string | null; readonly limit: number; readonly after: string | null },
): Promise<{ readonly items: readonly AuditEntry[]; readonly next: string | null }> {
  const { rows } = await database.query<AuditRow>(
    `select * from audit_log
    where environment = $1 and ($2::text is null or object = $2) and ($3::uuid is null or id < $3)
    order by id desc limit $4`,
    [environment, object, after, limit + 1],
  );
  const shown = rows.slice(0, limit).map(entryFromRow);
  return { items: shown, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

function entryFromRow(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    environment: row.environment,
    actor: { keyId: row.actor_key, keyName: row.actor_name, call: row.call, requestId: row.request_id },
    object: row.object,
    before: row.before,
    after: row.after,
    createdAt: row.created_at.getTime(),
  };
}
