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
 * @throws Error where the ledger refuses it, as it never does unless one of us is wrong
 */
export async function recordAnswer({ engine }: PaymentWork, command: PaymentCommand): Promise<void> {
  const recorded = await retry(() => submitPaymentCommand(engine, command, null), {
    attemptsMax: ATTEMPTS_MAX,
    pauseMs: PAUSE_MS,
    isRetryable: (error) => error instanceof LedgerUnavailable,
  });
  if (!recorded.recorded) throw new Error(`the ledger refused what the provider answered: ${recorded.refusal}`);
}
