import { createRateCard } from './create-rate-card.ts';
import { grantCredits } from './grant-credits.ts';
import { LedgerClient } from './ledger-client.ts';
import type { ReplayPlan } from './plan-replay.ts';
import { showProgress } from './progress.ts';
import { reconcile } from './reconcile.ts';
import type { ReplayTarget } from './replay-target.ts';
import { buildReport, type ReplayReport } from './report.ts';
import { runReplay } from './run-replay.ts';
import { Tally } from './tally.ts';

export interface ReplaySettings {
  readonly run: string;
  readonly concurrency: number;
  /** Seconds of the trace in one second of the replay; null: as fast as it goes. */
  readonly speed: number | null;
  readonly retrySeconds: number;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Grants, replays, reconciles and verifies, and tells how it goes on stderr.
 * @throws ReplayError if the service is not there, stays away or refuses the accounts; the signal's reason once aborted
 */
export async function performReplay(
  plan: ReplayPlan,
  target: ReplayTarget,
  settings: ReplaySettings,
  signal: AbortSignal,
): Promise<ReplayReport> {
  const { run, concurrency, speed, retrySeconds } = settings;
  const client = new LedgerClient({ url: target.url, key: target.key, connections: concurrency, retrySeconds, signal });
  const tally = new Tally();
  try {
    await client.check();
    tell(`granting credits to ${plan.customers.length} customers`);
    const rateCard = await createRateCard(plan.card, run, client);
    await grantCredits(plan, rateCard, client, concurrency);
    const endProgress = showProgress(tally, plan.requests.length, process.stderr);
    const seconds = await runReplay(plan, client, tally, { concurrency, speed, signal }).finally(endProgress);
    tell('checking balances and books');
    const reconciliation = await reconcile(plan.customers, client, tally, concurrency);
    const verdict = await target.verify(signal);
    return buildReport({ run, plan, tally, seconds, retries: client.retries, reconciliation, verdict });
  } catch (error) {
    // The report, which would have listed them, will not come.
    for (const message of tally.firstErrors) process.stderr.write(`${message}\n`);
    throw signal.aborted ? signal.reason : error;
  } finally {
    await client.close();
  }
}
