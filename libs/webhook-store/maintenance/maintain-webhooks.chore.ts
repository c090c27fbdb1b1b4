import type { ChoreLog, TimedChore } from '#background';
import type { Pool } from '#database';
import { queryable } from '#ledger-store';
import { deleteOldDeliveries } from '../deliveries/delivery-rows.ts';
import { resealSecrets } from '../secrets/reseal-secrets.ts';
import type { SecretBox } from '../secrets/secret-box.ts';

const HOUR_MS = 60 * 60 * 1000;

export interface WebhookMaintenanceOptions {
  /** Encrypts with its first key what is encrypted with another. */
  readonly secrets: SecretBox;
  readonly log: ChoreLog;
}

/** Deletes deliveries that are too old to be kept, and takes a new key for secrets into use. */
export function maintainWebhooksChore(pool: Pool, { secrets, log }: WebhookMaintenanceOptions): TimedChore {
  return {
    kind: 'timed',
    name: 'maintain_webhooks',
    title: 'Maintenance of webhooks',
    failureLevel: 'error',
    everyMs: HOUR_MS,
    retryMs: HOUR_MS,
    run: async () => {
      const database = queryable(pool);
      await deleteOldDeliveries(database);
      const endpoints = await resealSecrets(database, secrets);
      if (endpoints > 0) log.info({ endpoints }, 'encrypted webhook secrets with the new key');
      return false;
    },
  };
}
