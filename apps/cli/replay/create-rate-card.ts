import { textField } from './answer-fields.ts';
import { describeProblem, type LedgerClient } from './ledger-client.ts';
import type { ReplayCard } from './replay-card.ts';
import { ReplayError } from './replay-error.ts';

/**
 * Makes the rate card of a run; replayed again, the run gets the one that it made.
 * @returns its id
 * @throws ReplayError if the service refuses it
 */
export async function createRateCard({ unit, prices }: ReplayCard, run: string, client: LedgerClient): Promise<string> {
  const made = await client.post('/v1/rate-cards', { name: `Replay ${run}`, unit, prices }, `${run}-rate-card`);
  if (made.status === 201) return textField(made, 'id');
  const hint = made.status === 422 ? ' Repeat a run with the rate card it began with, or use another --run.' : '';
  throw new ReplayError(`The rate card couldn't be made (${describeProblem(made)}).${hint}`);
}
