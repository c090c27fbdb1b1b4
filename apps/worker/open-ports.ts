import type { WebhookConfig } from '#config';
import { connect } from '#database';
import { AlertDefaults, Engine, sweepDue } from '#ledger-store';
import { attemptDelivery, dueDeliveries, outboxAge, relayEvents, SecretBox, WebhookSender } from '#webhook-store';
import type { WorkerPorts } from './worker-ports.ts';

export interface OpenPortsOptions {
  readonly databaseUrl: string;
  readonly webhooks: WebhookConfig;
  readonly log: (line: string) => void;
}

export interface OpenPorts extends AsyncDisposable {
  readonly ports: WorkerPorts;
}

/** Deliveries are many at once, and each needs a connection for two short transactions only. */
const CONNECTIONS_MAX = 8;
const ANSWER_MS_MAX = 15_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How long before its expiry an account is told of a grant that is going to expire. */
const EXPIRY_NOTICES_MS = [7 * DAY_MS, DAY_MS];

/** The wiring: what the worker's ports are in earnest. What it does needs no more rights than requests do. */
export async function openPorts({ databaseUrl, webhooks, log }: OpenPortsOptions): Promise<OpenPorts> {
  await using opening = new AsyncDisposableStack();
  const pool = connect(databaseUrl, {
    connectionsMax: CONNECTIONS_MAX,
    settings: { role: 'purser_app' },
    answerTimeoutMs: ANSWER_MS_MAX,
    log,
  });
  opening.defer(() => pool.end());
  const alertDefaults = await AlertDefaults.open(pool, log);
  opening.defer(() => alertDefaults.close());
  const engine = new Engine({ databaseUrl, log, alertRules: alertDefaults.rules });
  opening.defer(() => engine.stop());
  const sending = {
    sender: new WebhookSender({ allowLoopback: webhooks.allowLoopback }),
    secrets: new SecretBox(webhooks.secretsKeys),
  };
  const opened = opening.move();
  return {
    ports: {
      relayEvents: (limit) => relayEvents(pool, { limit }),
      dueDeliveries: (limit) => dueDeliveries(pool, limit),
      attemptDelivery: (id) => attemptDelivery(pool, id, sending),
      sweepAccounts: async () => {
        await sweepDue(engine, pool, { expiryNotices: EXPIRY_NOTICES_MS, log });
      },
      outboxAge: () => outboxAge(pool),
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
