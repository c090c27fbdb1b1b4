import type { RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatAmount } from '#amounts';
import { amountField, textField } from './answer-fields.ts';
import { forEachConcurrently } from './for-each-concurrently.ts';
import { type Answer, describeProblem, type LedgerClient } from './ledger-client.ts';
import type { PlannedRequest, ReplayPlan } from './plan-replay.ts';
import type { Tally } from './tally.ts';

export interface RunOptions {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Seconds of the trace in one second of the replay; null: as fast as it goes. */
  readonly speed: number | null;
  readonly signal: AbortSignal;
}

const declineCodes: ReadonlySet<string> = new Set(['insufficient_credits', 'credits_held']);

/**
 * Authorizes and commits every request of the plan, and counts into `tally`. A refused request is an error in the
 * tally; the replay goes on.
 * @returns how many seconds it took
 * @throws Error as soon as one request finds no answer in all its time, or once the signal is aborted
 */
export async function runReplay(
  plan: ReplayPlan,
  client: LedgerClient,
  tally: Tally,
  options: RunOptions,
): Promise<number> {
  const startedMs = performance.now();
  await forEachConcurrently(plan.requests, options.concurrency, async (request) => {
    options.signal.throwIfAborted();
    if (options.speed !== null) {
      const dueMs = startedMs + request.atMs / options.speed;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: options.signal });
      tally.behindMs = Math.max(tally.behindMs, -waitMs);
    }
    await replayRequest(request, plan.maxOutput, client, tally);
    tally.done += 1;
  });
  return (performance.now() - startedMs) / 1000;
}

async function replayRequest(
  request: PlannedRequest,
  maxOutput: number,
  client: LedgerClient,
  tally: Tally,
): Promise<void> {
  const row = `row ${request.row}`;
  const { account, ample } = request.customer;
  const { event, model } = request.model;
  const asked = { event, ...(model !== null && { model }), input_tokens: request.inputTokens };
  const authorization = {
    account,
    usage: asked,
    max_output_tokens: maxOutput,
    tags: request.tags,
    metadata: { row: String(request.row) },
  };
  const authorized = await timed(tally.authorizeMicros, () =>
    client.post('/v1/authorizations', authorization, request.authorizeKey),
  );
  if (authorized.replayed) tally.replayed += 1;
  if (authorized.status === 402 && declineCodes.has(textField(authorized, 'code'))) {
    tally.declined += 1;
    if (ample)
      tally.addError(
        `${row}: ${account} was declined, though it was granted enough for everything: ${describeProblem(authorized)}`,
      );
    return;
  }
  if (authorized.status !== 201) {
    tally.addError(`${row}: authorize for ${account} was answered ${describeProblem(authorized)}`);
    return;
  }
  tally.approved += 1;

  const id = textField(authorized, 'id');
  const commit = { usage: { ...asked, output_tokens: request.outputTokens } };
  const committed = await timed(tally.commitMicros, () =>
    client.post(`/v1/authorizations/${id}/commit`, commit, request.commitKey),
  );
  if (committed.replayed) tally.replayed += 1;
  if (committed.status !== 200) {
    tally.addError(`${row}: commit of ${id} was answered ${describeProblem(committed)}`);
    return;
  }
  tally.committed += 1;
  countCommit(request, committed, tally);
}

function countCommit({ row, customer, cost }: PlannedRequest, answer: Answer, tally: Tally): void {
  const charged = amountField(answer, 'committed');
  const uncollected = amountField(answer, 'uncollected');
  tally.addCommit(customer.account, { cost, charged, uncollected });
  if (!charged.plus(uncollected).equals(cost)) {
    const parts = `${formatAmount(charged)} committed and ${formatAmount(uncollected)} uncollected`;
    tally.addError(`row ${row}: a commit of what costs ${formatAmount(cost)} was answered with ${parts}`);
  }
}

/** Records from the first sending to the answer, tries that failed and pauses between them included. */
async function timed(micros: RecordableHistogram, request: () => Promise<Answer>): Promise<Answer> {
  const startedMs = performance.now();
  const answer = await request();
  micros.record(Math.max(1, Math.round((performance.now() - startedMs) * 1000)));
  return answer;
}
