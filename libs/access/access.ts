import type { Pool } from '#database';
import type { JsonObject } from '#amounts';
import { accountKey, publicId } from '#ledger';
import {
  queryable,
  attemptRead,
  change,
  dropLimit,
  limitView,
  putKeyLimit,
  type Queryable,
  type AuditedChange,
  type ChangeAnswer,
  type Changed,
  type ChangeOutcome,
  type ChangeRequest,
  type LimitTerms,
} from '#ledger-store';
import type { Scope } from './api-key.ts';
import {
  expireApiKey,
  findApiKey,
  insertApiKey,
  listApiKeys,
  lockApiKey,
  revokeApiKey,
  setKeyLimit,
  apiKeyStatus,
  type ApiKey,
} from './api-keys.ts';
import { listAudit } from './audit-log.ts';
import { insertEnvironment, isEnvironment, listEnvironments, type Environment } from './environments.ts';
import type { KeyRing } from './key-ring.ts';
import { widerThan, type WiderKey } from './wider-than.ts';

export type AccessRefusal =
  | 'api_key_not_found'
  | 'api_key_inactive'
  | 'api_key_configured'
  | 'environment_not_found'
  | 'account_not_found'
  | WiderKey;

export interface WantedKey {
  readonly environment: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly allowedAddresses: readonly string[];
  /** The only account that it may see and act on; then its scopes are `authorize`, `read` or both. */
  readonly account: string | null;
  readonly expiresAt: number | null;
  /** What it may spend over all accounts; `null`: anything. */
  readonly limit: LimitTerms | null;
}

/** A key and, where it was made just now, the key itself. */
export interface MadeKey {
  readonly apiKey: ApiKey;
  readonly key: string | null;
}

/**
 * Who may do what: environments, their keys, and the log of changes.
 *
 * Every method throws {@link LedgerUnavailable} where the database isn't there or the outcome of a commit is unknown.
 */
export class Access {
  constructor(
    private readonly pool: Pool,
    private readonly keys: KeyRing,
  ) {}

  createKey(request: ChangeRequest, wanted: WantedKey, answer: (made: MadeKey) => ChangeAnswer) {
    return this.changeKeys(request, async (database) => {
      const wider = await this.widerThanMaker(database, request, wanted);
      if (wider) return { ok: false, refusal: wider };
      if (!(await isEnvironment(database, wanted.environment))) return { ok: false, refusal: 'environment_not_found' };
      if (!(await hasAccount(database, wanted))) return { ok: false, refusal: 'account_not_found' };
      const { environment, limit } = wanted;
      const createdBy = request.actor.keyId;
      const set = limit && (await putKeyLimit(database, { environment, current: null }, limit, createdBy));
      const made = await insertApiKey(database, { ...wanted, createdBy, spanLimit: set && set.id });
      return { ok: true, answer: answer(made), audited: [audited(null, made.apiKey)] };
    });
  }

  /** Makes a key like this one, which goes on for so many seconds. */
  rollKey(
    request: ChangeRequest,
    { id, overlapSeconds }: { readonly id: string; readonly overlapSeconds: number },
    answer: (made: MadeKey) => ChangeAnswer,
  ) {
    return this.changeKeys(request, async (database) => {
      const old = await lockApiKey(database, request.environment, id);
      const now = Date.now();
      if (!old) return { ok: false, refusal: 'api_key_not_found' };
      if (old.prefix === null) return { ok: false, refusal: 'api_key_configured' };
      if (apiKeyStatus(old, now) !== 'active') return { ok: false, refusal: 'api_key_inactive' };
      const wider = await this.widerThanMaker(database, request, old);
      if (wider) return { ok: false, refusal: wider };
      const made = await insertApiKey(database, { ...old, createdBy: request.actor.keyId });
      const expiring = await expireApiKey(database, id, now + overlapSeconds * 1000);
      return { ok: true, answer: answer(made), audited: [audited(null, made.apiKey), audited(old, expiring)] };
    });
  }

  /**
   * Sets what a key may spend over all accounts, or takes its limit away (`null`). Keys that it was rolled from or to share it. With the
   * same unit and period, the limit goes on where it is.
   */
  limitKey(
    request: ChangeRequest,
    { id, limit }: { readonly id: string; readonly limit: LimitTerms | null | undefined },
    answer: (made: MadeKey) => ChangeAnswer,
  ) {
    return this.changeKeys(request, async (database) => {
      const { environment, actor } = request;
      const old = await lockApiKey(database, environment, id);
      if (!old) return { ok: false, refusal: 'api_key_not_found' };
      if (limit) {
        const set = await putKeyLimit(database, { environment, current: old.spanLimit }, limit, actor.keyId);
        if (set.id !== old.spanLimit) {
          await setKeyLimit(database, old, set.id);
          // Nobody falls under it any more.
          if (old.spanLimit !== null) await dropLimit(database, old.spanLimit);
        }
      } else if (limit === null && old.spanLimit !== null) {
        await dropLimit(database, old.spanLimit);
      }
      const apiKey = await findApiKey(database, environment, id);
      if (!apiKey) throw new Error(`the key ${id} is gone`);
      const isSame = JSON.stringify(auditView(old)) === JSON.stringify(auditView(apiKey));
      return { ok: true, answer: answer({ apiKey, key: null }), audited: isSame ? [] : [audited(old, apiKey)] };
    });
  }

  /**
   * Ends a key at once, in this process, and within half a second in every other. Again, it stays as it is. One that a
   * variable sets is ended by the variable.
   */
  revokeKey(request: ChangeRequest, id: string, answer: (made: MadeKey) => ChangeAnswer) {
    return this.changeKeys(request, async (database) => {
      const old = await lockApiKey(database, request.environment, id);
      if (!old) return { ok: false, refusal: 'api_key_not_found' };
      if (old.revokedAt !== null) return { ok: true, answer: answer({ apiKey: old, key: null }), audited: [] };
      // The next start would find its variable set to a key that is no longer let in.
      if (old.prefix === null) return { ok: false, refusal: 'api_key_configured' };
      const revoked = await revokeApiKey(database, id, Date.now());
      return { ok: true, answer: answer({ apiKey: revoked, key: null }), audited: [audited(old, revoked)] };
    });
  }

  findKey(environment: string, id: string): Promise<ApiKey | null> {
    return this.read((database) => findApiKey(database, environment, id));
  }

  listKeys(environment: string, page: { readonly limit: number; readonly after: string | null }) {
    return this.read((database) => listApiKeys(database, environment, page));
  }

  createEnvironment(
    request: ChangeRequest,
    name: string,
    answer: (environment: Environment, isNew: boolean) => ChangeAnswer,
  ): Promise<Changed<never>> {
    return change(this.pool, request, async (database) => {
      const { environment, isNew } = await insertEnvironment(database, name, request.actor.keyId);
      const made = { environment: request.environment, object: name, before: null, after: { name } };
      return { ok: true, answer: answer(environment, isNew), audited: isNew ? [made] : [] };
    });
  }

  listEnvironments(page: { readonly only: string | null; readonly limit: number; readonly after: string | null }) {
    return this.read((database) => listEnvironments(database, page));
  }

  listAudit(
    environment: string,
    page: { readonly object: string | null; readonly limit: number; readonly after: string | null },
  ) {
    return this.read((database) => listAudit(database, environment, page));
  }

  /** Keys are made by admins of the whole environment, so only times and addresses can be wider. */
  private async widerThanMaker(
    database: Queryable,
    { environment, actor }: ChangeRequest,
    wanted: Pick<WantedKey, 'expiresAt' | 'allowedAddresses'>,
  ): Promise<WiderKey | null> {
    const maker = await findApiKey(database, environment, actor.keyId);
    if (!maker) throw new Error(`the key ${actor.keyId} is gone`);
    return widerThan(maker, wanted);
  }

  private read<T>(work: (database: Queryable) => Promise<T>): Promise<T> {
    return attemptRead(() => work(queryable(this.pool)));
  }

  private async changeKeys(
    request: ChangeRequest,
    work: (database: Queryable) => Promise<ChangeOutcome<AccessRefusal>>,
  ): Promise<Changed<AccessRefusal>> {
    const result = await change(this.pool, request, work);
    await this.keys.noticeChange();
    return result;
  }
}

async function hasAccount(database: Queryable, { environment, account }: WantedKey): Promise<boolean> {
  if (account === null) return true;
  const { rowCount } = await database.query(
    'select from accounts where account_id = $1 and environment = $2 and external_id = $3',
    [accountKey(environment, account), environment, account],
  );
  return rowCount === 1;
}

function audited(before: ApiKey | null, after: ApiKey): AuditedChange {
  return {
    environment: after.environment,
    object: publicId('key', after.id),
    before: before && auditView(before),
    after: auditView(after),
  };
}

function auditView(apiKey: ApiKey): JsonObject {
  const { name, scopes, prefix, allowedAddresses, account, expiresAt, revokedAt, limit } = apiKey;
  const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  return {
    name,
    scopes: [...scopes],
    prefix,
    allowed_addresses: [...allowedAddresses],
    account,
    expires_at: time(expiresAt),
    revoked_at: time(revokedAt),
    ...(limit ? { limit: limitView(limit) } : {}),
  };
}
