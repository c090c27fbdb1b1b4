import type { OutputUnbounded, Refusal, UnpricedUsage } from '#ledger';
import { problem, type Problem } from './problem.ts';

type OfPricing = Extract<
  Refusal,
  { readonly code: 'unit_mismatch' | 'tag_conflict' | 'unpriced_usage' | 'output_unbounded' }
>;

/** The public words for a refusal that has to do with prices and with what usage says. */
export function problemOfPricing(refusal: OfPricing): Problem {
  switch (refusal.code) {
    case 'unit_mismatch':
      return problem(
        refusal.code,
        `The account’s amounts are in ${refusal.unit}, the rate card’s in ${refusal.cardUnit}. An account needs a card in its own unit.`,
        { unit: refusal.unit, rate_card_unit: refusal.cardUnit },
      );
    case 'tag_conflict':
      return problem(
        refusal.code,
        `The authorization has the tag ${refusal.tag} with the value ${refusal.value}. A commit can add tags, and change none. Nothing was changed.`,
        { tag: refusal.tag, value: refusal.value },
      );
    case 'unpriced_usage':
      return problem(refusal.code, describeUnpriced(refusal), { usage: refusal.usage });
    case 'output_unbounded':
      return problem('invalid_request', 'The request is malformed.', {
        errors: [{ field: 'max_output_tokens', message: outputMessage(refusal) }],
      });
  }
}

function describeUnpriced({ usage }: UnpricedUsage): string {
  return `The account’s prices have none for what usage ${usage.map(String).join(', ')} states (counted from 0). Nothing was changed.`;
}

function outputMessage({ index }: OutputUnbounded): string {
  return `is needed: the output of usage ${String(index)} (counted from 0) has a price, and neither output_tokens nor the price says how much it may be`;
}
