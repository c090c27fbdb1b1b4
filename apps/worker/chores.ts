import type { Chore, ChoreLog } from '#background';
import type { Pool } from '#database';
import {
  closeMonthsChore,
  eraseAccountsChore,
  maintainLedgerChore,
  sweepAccountsChore,
  maintainLimitsChore,
  watchUsageChore,
  type Engine,
} from '#ledger-store';
import { rollUpChore } from '#reports';
import { forecastAccountsChore, watchAnomaliesChore } from '#reports';
import { paymentChores, type PaymentWork } from '#payment-store';
import { sealJournalChore } from '#reports';
import {
  deliverWebhooksChore,
  maintainWebhooksChore,
  relayEventsChore,
  wakeOverdueChore,
  type SendingOptions,
} from '#webhook-store';
import type { WorkerLog } from './worker-log.ts';

/** What chores work on: accounts and all that is theirs, and the engine that decides on them. */
export interface Store {
  readonly engine: Engine;
  /** With the rights of requests. */
  readonly pool: Pool;
  /** The same for reading whole accounts, whose statements go out together: it pipelines. */
  readonly readPool: Pool;
  /** With the rights of the tables' owner. */
  readonly ownerPool: Pool;
}

export interface ChoreOptions {
  readonly sending: SendingOptions;
  readonly payments: Pick<PaymentWork, 'providers' | 'delaysMs'>;
  /** How long before it expires a grant's owner is notified, in milliseconds. */
  readonly expiryNotices: readonly number[];
  readonly idempotencyDays: number;
  readonly log: ChoreLog & Pick<WorkerLog, 'warn' | 'error'>;
}

/** Every chore that a store needs. A new one is declared beside what it works on, and added here: nothing else knows of it. */
export function choresOf({ engine, pool, readPool, ownerPool }: Store, options: ChoreOptions): readonly Chore[] {
  const { sending, payments, expiryNotices, idempotencyDays, log } = options;
  const deliverWebhooks = deliverWebhooksChore(pool, sending);
  return [
    deliverWebhooks,
    relayEventsChore(pool, deliverWebhooks),
    wakeOverdueChore(pool, deliverWebhooks),
    ...paymentChores({ ...payments, pool, engine, log: (line) => log.warn(line) }),
    sweepAccountsChore(engine, pool, { expiryNotices, log: (line) => log.warn(line) }),
    maintainLimitsChore(engine, pool),
    watchUsageChore(engine, pool),
    rollUpChore(pool, (line) => log.error(line)),
    watchAnomaliesChore(engine, pool, (line) => log.error(line)),
    forecastAccountsChore(engine, readPool, (line) => log.error(line)),
    maintainLedgerChore(ownerPool, { idempotencyDays, log }),
    closeMonthsChore(ownerPool, log),
    eraseAccountsChore(engine, ownerPool, log),
    sealJournalChore(pool),
    maintainWebhooksChore(pool, { secrets: sending.secrets, log }),
  ];
}
