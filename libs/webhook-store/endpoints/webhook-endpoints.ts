import type { Pool } from '#database';
import { accountKey, publicId } from '#ledger';
import {
  queryable,
  attemptRead,
  change,
  type Queryable,
  type ChangeAnswer,
  type Changed,
  type FollowedSubscriptions,
  type ChangeOutcome,
  type ChangeRequest,
  type Page,
  type PageRequest,
} from '#ledger-store';
import { insertEndpointEvent } from '../deliveries/endpoint-events.ts';
import { listDeliveries, readDelivery, type Delivery, type DeliveryStatus } from '../deliveries/delivery-rows.ts';
import { isEvent, queueFor, redeliverEvent, redeliverSince, type RedeliveredSince } from '../deliveries/redeliver.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { newSigningSecret } from '../secrets/signing-secret.ts';
import { hostFault, type HostFault } from '../sending/check-host.ts';
import type { ResolveHost } from '../sending/resolve-host.ts';
import { auditedEndpoint } from './audited-endpoint.ts';
import {
  deleteEndpoint,
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  lockEndpoint,
  newEndpointId,
  replaceSecret,
  updateEndpoint,
} from './endpoint-rows.ts';
import type { EndpointChanges, EndpointTerms, WebhookEndpoint } from './webhook-endpoint.ts';

export type WebhookRefusal =
  | HostFault
  | 'account_not_found'
  | 'event_not_found'
  | 'secrets_key_missing'
  | 'webhook_endpoint_not_found'
  | 'webhook_endpoint_disabled';

type Outcome = ChangeOutcome<WebhookRefusal>;
type Result = Promise<Changed<WebhookRefusal>>;

export interface EndpointsOptions {
  readonly secrets: SecretBox;
  readonly allowLoopback: boolean;
  readonly resolve: ResolveHost;
  /** Are to notice that endpoints have changed; none where this process decides nothing. */
  readonly commitSubscriptions?: Pick<FollowedSubscriptions, 'noticeChange'>;
}

/** An endpoint and, where it was made just now, the secret that signs what it gets. */
export interface MadeEndpoint {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

/**
 * Where events are sent to: managed by requests, each with its entry in the audit log.
 *
 * Every method throws {@link LedgerUnavailable} where the database isn't there or the outcome of a commit is unknown.
 */
export class WebhookEndpoints {
  constructor(
    private readonly pool: Pool,
    private readonly options: EndpointsOptions,
  ) {}

  async create(request: ChangeRequest, terms: EndpointTerms, answer: (made: MadeEndpoint) => ChangeAnswer): Result {
    const fault = await this.hostFault(terms.url);
    const created = change(this.pool, request, async (database): Promise<Outcome> => {
      const { environment } = request;
      if (fault !== null) return refused(fault);
      if (!this.options.secrets.canSeal) return refused('secrets_key_missing');
      if (terms.account !== null && !(await isAccount(database, environment, terms.account)))
        return refused('account_not_found');
      const id = newEndpointId();
      const secret = newSigningSecret();
      const sealed = this.options.secrets.seal(secret, id);
      const createdBy = request.actor.keyId;
      const endpoint = await insertEndpoint(database, { ...terms, id, environment, secret: sealed, createdBy });
      return { ok: true, answer: answer({ endpoint, secret }), audited: [auditedEndpoint(null, endpoint)] };
    });
    return this.noticed(created);
  }

  async update(
    request: ChangeRequest,
    { id, changes }: { readonly id: string; readonly changes: EndpointChanges },
    answer: (endpoint: WebhookEndpoint) => ChangeAnswer,
  ): Result {
    const fault = changes.url === undefined ? null : await this.hostFault(changes.url);
    const updated = this.changeOne(request, id, async (database, before) => {
      if (fault !== null) return refused(fault);
      const enabled = changes.enabled ?? before.enabled;
      const disabledReason = enabled ? null : (before.disabledReason ?? 'request');
      const after = await updateEndpoint(database, { ...before, ...changes, enabled, disabledReason });
      return { ok: true, answer: answer(after), audited: [auditedEndpoint(before, after)] };
    });
    return this.noticed(updated);
  }

  /** Nothing more is sent to it, and nothing is kept of it. */
  remove(request: ChangeRequest, id: string, answer: (endpoint: WebhookEndpoint) => ChangeAnswer): Result {
    const removed = this.changeOne(request, id, async (database, before) => {
      await deleteEndpoint(database, id);
      return { ok: true, answer: answer(before), audited: [auditedEndpoint(before, null)] };
    });
    return this.noticed(removed);
  }

  /** Gives it a new secret; the one it has signs as well for a day. */
  rollSecret(request: ChangeRequest, id: string, answer: (made: MadeEndpoint) => ChangeAnswer): Result {
    return this.changeOne(request, id, async (database, before) => {
      if (!this.options.secrets.canSeal) return refused('secrets_key_missing');
      const secret = newSigningSecret();
      const endpoint = await replaceSecret(database, id, this.options.secrets.seal(secret, id));
      return { ok: true, answer: answer({ endpoint, secret }), audited: [auditedEndpoint(before, endpoint)] };
    });
  }

  /** Queues a test event for this endpoint alone. */
  sendTest(request: ChangeRequest, id: string, answer: (delivery: Delivery) => ChangeAnswer): Result {
    return this.changeOne(request, id, async (database, { enabled }) => {
      if (!enabled) return refused('webhook_endpoint_disabled');
      const { environment } = request;
      const data = { endpoint: publicId('endpoint', id) };
      const eventId = await insertEndpointEvent(database, { environment, type: 'webhook_endpoint.test', data });
      await queueFor(database, eventId, id);
      return { ok: true, answer: answer(await readDelivery(database, { eventId, endpointId: id })), audited: [] };
    });
  }

  /** Queues an event again for all endpoints that receive it, or for one of them. */
  redeliverEvent(
    request: ChangeRequest,
    { eventId, endpointId }: { readonly eventId: string; readonly endpointId: string | null },
    answer: (deliveries: number) => ChangeAnswer,
  ): Result {
    return change(this.pool, request, async (database): Promise<Outcome> => {
      const { environment } = request;
      if (!(await isEvent(database, environment, eventId))) return refused('event_not_found');
      if (endpointId !== null) {
        const endpoint = await findEndpoint(database, environment, endpointId);
        if (!endpoint) return refused('webhook_endpoint_not_found');
        if (!endpoint.enabled) return refused('webhook_endpoint_disabled');
      }
      return { ok: true, answer: answer(await redeliverEvent(database, eventId, endpointId)), audited: [] };
    });
  }

  /** Queues for an endpoint what has happened since a time, in milliseconds since 1970. */
  redeliverSince(
    request: ChangeRequest,
    { id, since }: { readonly id: string; readonly since: number },
    answer: (redelivered: RedeliveredSince) => ChangeAnswer,
  ): Result {
    return this.changeOne(request, id, async (database, { enabled }) => {
      if (!enabled) return refused('webhook_endpoint_disabled');
      return { ok: true, answer: answer(await redeliverSince(database, id, since)), audited: [] };
    });
  }

  find(environment: string, id: string): Promise<WebhookEndpoint | null> {
    return attemptRead(() => findEndpoint(queryable(this.pool), environment, id));
  }

  list(environment: string, page: PageRequest & { readonly account: string | null }): Promise<Page<WebhookEndpoint>> {
    return attemptRead(() => listEndpoints(queryable(this.pool), environment, page));
  }

  /** @returns `null` where the environment has no such endpoint */
  listDeliveries(
    environment: string,
    id: string,
    page: PageRequest & { readonly status: DeliveryStatus | null },
  ): Promise<Page<Delivery> | null> {
    return attemptRead(async () => {
      const database = queryable(this.pool);
      return (await findEndpoint(database, environment, id)) ? listDeliveries(database, id, page) : null;
    });
  }

  /** Answers when the decisions of this process follow the change. */
  private async noticed(changed: Result): Result {
    const result = await changed;
    await this.options.commitSubscriptions?.noticeChange();
    return result;
  }

  /** Before a transaction begins, which mustn't wait for name servers. */
  private hostFault(url: string): Promise<HostFault | null> {
    return hostFault(url, this.options, this.options.resolve);
  }

  private changeOne(
    request: ChangeRequest,
    id: string,
    work: (database: Queryable, endpoint: WebhookEndpoint) => Promise<Outcome>,
  ): Result {
    return change(this.pool, request, async (database): Promise<Outcome> => {
      const endpoint = await lockEndpoint(database, request.environment, id);
      return endpoint ? work(database, endpoint) : refused('webhook_endpoint_not_found');
    });
  }
}

function refused(refusal: WebhookRefusal): Outcome {
  return { ok: false, refusal };
}

async function isAccount(database: Queryable, environment: string, account: string): Promise<boolean> {
  const { rowCount } = await database.query(
    'select from accounts where account_id = $1 and environment = $2 and external_id = $3',
    [accountKey(environment, account), environment, account],
  );
  return rowCount === 1;
}
