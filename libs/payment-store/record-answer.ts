import { retry } from '#background';
import { LedgerUnavailable } from '#ledger-store';
import type { PaymentWork } from './payment-work.ts';
import { submitPaymentCommand, type PaymentCommand } from './submit-payment-command.ts';

const ATTEMPTS_MAX = 5;
const PAUSE_MS = 1_000;

/**
 * Records what a provider has answered. What isn't recorded is asked for again, so this is tried for some seconds where the
 * database is away.
 *
 * @throws {LedgerUnavailable}
 */
export async function recordAnswer(
  { engine, log }: PaymentWork,
  title: string,
  command: PaymentCommand,
): Promise<void> {
  const recorded = await retry(() => submitPaymentCommand(engine, command, null), {
    attemptsMax: ATTEMPTS_MAX,
    pauseMs: PAUSE_MS,
    isRetryable: (error) => error instanceof LedgerUnavailable,
  });
  if (!recorded.recorded) log(`${title}: the ledger refused what the provider answered: ${recorded.refusal}.`);
}
