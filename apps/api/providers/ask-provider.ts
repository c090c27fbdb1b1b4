import { ProviderUnavailable } from '#payments';
import { problem, ProblemError } from '../problems/problem.ts';

const RETRY_AFTER_SECONDS = 10;

/**
 * Has a payment provider asked for something.
 *
 * @throws {ProblemError} `provider_unavailable`
 */
export async function askProvider<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ProviderUnavailable)) throw error;
    const detail = `The payment provider has to be asked, and didn’t answer: ${error.message}`;
    throw new ProblemError(problem('provider_unavailable', detail), { 'retry-after': String(RETRY_AFTER_SECONDS) });
  }
}
