import type { Chore } from '#background';
import type { Config } from '#config';
import { connect } from '#database';
import type { Ledger } from '#ledger-store';
import { PaymentProviders, stripeModes, TestProvider } from '#payments';
import { SecretBox, WebhookSender } from '#webhook-store';
import { choresOf, type Store } from './chores.ts';
import type { WorkerLog } from './worker-log.ts';

export interface OpenChoresOptions {
  readonly databaseUrl: string;
  /** The ledger of this process. */
  readonly ledger: Pick<Ledger, 'engine'>;
  readonly config: Pick<Config, 'webhooks' | 'stripe' | 'expiryNoticeDays' | 'idempotencyDays'>;
  readonly log: WorkerLog;
}

export interface OpenChores extends AsyncDisposable {
  readonly chores: readonly Chore[];
}

/** Deliveries are many at once, and each needs a connection for two short transactions only. */
const CONNECTIONS_MAX = 8;
const READ_CONNECTIONS_MAX = 2;
const ANSWER_MS_MAX = 15_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The wiring: the chores of the store at this database. */
export async function openChores(options: OpenChoresOptions): Promise<OpenChores> {
  const { config, log } = options;
  const { webhooks, stripe, expiryNoticeDays, idempotencyDays } = config;
  await using opening = new AsyncDisposableStack();
  const store = openStore(options, opening);
  const testProvider = new TestProvider(store.pool, { log: (line) => log.warn(line) });
  const chores = choresOf(store, {
    sending: {
      sender: new WebhookSender({ allowLoopback: webhooks.allowLoopback }),
      secrets: new SecretBox(webhooks.secretsKeys),
    },
    payments: { providers: new PaymentProviders(stripeModes(stripe), testProvider) },
    expiryNotices: expiryNoticeDays.map((days) => days * DAY_MS),
    idempotencyDays,
    log,
  });
  const opened = opening.move();
  return { chores, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Most chores need no more rights than requests do. */
function openStore({ databaseUrl, ledger, log }: OpenChoresOptions, opening: AsyncDisposableStack): Store {
  const warn = (line: string): void => log.warn(line);
  const pool = connect(databaseUrl, {
    connectionsMax: CONNECTIONS_MAX,
    settings: { role: 'purser_app' },
    answerTimeoutMs: ANSWER_MS_MAX,
    log: warn,
  });
  opening.defer(() => pool.end());
  const readPool = connect(databaseUrl, {
    connectionsMax: READ_CONNECTIONS_MAX,
    pipeline: true,
    settings: { role: 'purser_app' },
    answerTimeoutMs: ANSWER_MS_MAX,
    log: warn,
  });
  opening.defer(() => readPool.end());
  const ownerPool = connect(databaseUrl, { connectionsMax: 1, log: warn });
  opening.defer(() => ownerPool.end());
  return { engine: ledger.engine, pool, readPool, ownerPool };
}
