import { accountKey, newUuid } from '#ledger';
import type { Queryable, Page, PageRequest } from '#ledger-store';
import type { EventType } from '#webhooks';
import type { EndpointTerms, WebhookEndpoint } from './webhook-endpoint.ts';

/** How long the secret before signs as well after a roll. */
const OVERLAP = '24 hours';

export interface NewEndpoint extends EndpointTerms {
  readonly id: string;
  readonly environment: string;
  /** The signing secret, encrypted. */
  readonly secret: Buffer;
  readonly createdBy: string;
}

export function newEndpointId(): string {
  return newUuid(Date.now());
}

export async function insertEndpoint(database: Queryable, endpoint: NewEndpoint): Promise<WebhookEndpoint> {
  const { id, environment, url, types, account, description, secret, createdBy } = endpoint;
  const owner = account === null ? null : accountKey(environment, account);
  return theOne(
    await database.query<EndpointRow>(
      `insert into webhook_endpoints (id, environment, url, types, account, account_id, description, secret, created_by)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${COLUMNS}`,
      [id, environment, url, types, account, owner, description, secret, createdBy],
    ),
  );
}

/** Writes what a request may change. One that is enabled again, or leads elsewhere, begins anew. */
export async function updateEndpoint(database: Queryable, endpoint: WebhookEndpoint): Promise<WebhookEndpoint> {
  const { id, url, types, description, enabled, disabledReason } = endpoint;
  return theOne(
    await database.query<EndpointRow>(
      `update webhook_endpoints set url = $2, types = $3, description = $4, enabled = $5, disabled_reason = $6,
        failing_since = case when ($5 and not enabled) or url <> $2 then null else failing_since end,
        failing_told = case when ($5 and not enabled) or url <> $2 then 0 else failing_told end
      where id = $1 returning ${COLUMNS}`,
      [id, url, types, description, enabled, disabledReason],
    ),
  );
}

/** Gives it another secret; the one it has now signs as well for a day, and the one before that no longer. */
export async function replaceSecret(database: Queryable, id: string, secret: Buffer): Promise<WebhookEndpoint> {
  return theOne(
    await database.query<EndpointRow>(
      `update webhook_endpoints set secret = $2, previous_secret = secret,
        previous_secret_until = clock_timestamp() + interval '${OVERLAP}'
      where id = $1 returning ${COLUMNS}`,
      [id, secret],
    ),
  );
}

export async function deleteEndpoint(database: Queryable, id: string): Promise<void> {
  await database.query('delete from webhook_endpoints where id = $1', [id]);
}

/** Locks an endpoint to change it. @returns `null` where the environment has none with this id */
export function lockEndpoint(database: Queryable, environment: string, id: string): Promise<WebhookEndpoint | null> {
  return selectEndpoint(database, [environment, id], 'for no key update');
}

export function findEndpoint(database: Queryable, environment: string, id: string): Promise<WebhookEndpoint | null> {
  return selectEndpoint(database, [environment, id], '');
}

async function selectEndpoint(database: Queryable, key: string[], locking: string): Promise<WebhookEndpoint | null> {
  const { rows } = await database.query<EndpointRow>(
    `select ${COLUMNS} from webhook_endpoints where environment = $1 and id = $2 ${locking}`,
    key,
  );
  return rows[0] ? endpointFromRow(rows[0]) : null;
}

/** An environment's endpoints, or one account's own, newest first. */
export async function listEndpoints(
  database: Queryable,
  environment: string,
  { account, limit, after }: PageRequest & { readonly account: string | null },
): Promise<Page<WebhookEndpoint>> {
  const { rows } = await database.query<EndpointRow>(
    `select ${COLUMNS} from webhook_endpoints
    where environment = $1 and ($2::text is null or account = $2) and ($3::uuid is null or id < $3)
    order by id desc limit $4`,
    [environment, account, after, limit + 1],
  );
  const items = rows.slice(0, limit).map(endpointFromRow);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const COLUMNS = `id, environment, url, types, account, description, enabled, disabled_reason, failing_since,
  previous_secret_until, created_at`;

interface EndpointRow {
  readonly id: string;
  readonly environment: string;
  readonly url: string;
  readonly types: EventType[] | null;
  readonly account: string | null;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly disabled_reason: WebhookEndpoint['disabledReason'];
  readonly failing_since: Date | null;
  readonly previous_secret_until: Date | null;
  readonly created_at: Date;
}

function theOne({ rows }: { readonly rows: readonly EndpointRow[] }): WebhookEndpoint {
  const [row] = rows;
  if (!row) throw new Error('an endpoint was written and not returned');
  return endpointFromRow(row);
}

function endpointFromRow(row: EndpointRow): WebhookEndpoint {
  return {
    id: row.id,
    environment: row.environment,
    url: row.url,
    types: row.types,
    account: row.account,
    description: row.description,
    enabled: row.enabled,
    disabledReason: row.disabled_reason,
    failingSince: row.failing_since?.getTime() ?? null,
    previousSecretUntil: row.previous_secret_until?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
  };
}
