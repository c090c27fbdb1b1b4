import { formatAmount } from '#amounts';
import { forEachConcurrently } from './for-each-concurrently.ts';
import { describeProblem, type LedgerClient } from './ledger-client.ts';
import type { ReplayPlan } from './plan-replay.ts';
import { ReplayError } from './replay-error.ts';

/**
 * Makes the plan's accounts, priced by the rate card, and grants them their credits; what an earlier replay of the same run made is left as it is.
 * @throws ReplayError if the service refuses one
 */
export async function grantCredits(
  { card, customers }: ReplayPlan,
  rateCard: string,
  client: LedgerClient,
  concurrency: number,
): Promise<void> {
  await forEachConcurrently(customers, concurrency, async ({ account, granted }) => {
    const made = await client.post('/v1/accounts', { id: account, unit: card.unit, rate_card: rateCard });
    if (made.status !== 201 && made.status !== 200) {
      throw new ReplayError(`Account ${account} couldn't be made (${describeProblem(made)}). Use another --run.`);
    }
    const grant = await client.post(
      `/v1/accounts/${account}/grants`,
      { amount: formatAmount(granted) },
      `${account}-grant`,
    );
    if (grant.status !== 201) {
      const hint =
        grant.status === 422 ? ' Repeat a run with the trace and the options it began with, or use another --run.' : '';
      throw new ReplayError(`${account} couldn't be granted its credits (${describeProblem(grant)}).${hint}`);
    }
  });
}
