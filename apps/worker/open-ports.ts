import type { WebhookConfig } from '#config';
import { connect } from '#database';
import { NO_RULES } from '#ledger';
import { AlertDefaults, Engine, sweepDue } from '#ledger-store';
import { attemptDelivery, dueDeliveries, outboxAge, relayEvents, SecretBox, WebhookSender } from '#webhook-store';
import type { WorkerPorts } from './worker-ports.ts';

export interface OpenPortsOptions {
  readonly databaseUrl: string;
  readonly webhooks: WebhookConfig;
  /** How many days before it expires the owner of a grant is told. */
  readonly expiryNoticeDays: readonly number[];
  readonly log: (line: string) => void;
}

export interface OpenPorts extends AsyncDisposable {
  readonly ports: WorkerPorts;
}

/** Deliveries are many at once, and each needs a connection for two short transactions only. */
const CONNECTIONS_MAX = 8;
const ANSWER_MS_MAX = 15_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The wiring: what the worker's ports are in earnest. What it does needs no more rights than requests do. */
export async function openPorts(options: OpenPortsOptions): Promise<OpenPorts> {
  const { databaseUrl, webhooks, expiryNoticeDays, log } = options;
  const expiryNotices = expiryNoticeDays.map((days) => days * DAY_MS);
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
  const engine = new Engine({ databaseUrl, log, rules: { ...NO_RULES, alertRules: alertDefaults.rules } });
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
        await sweepDue(engine, pool, { expiryNotices, log });
      },
      outboxAge: () => outboxAge(pool),
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
