import { parsePublicId } from '#ledger';
import type { RateCardPurpose } from '#ledger-store';
import { problem, ProblemError } from '../problems/problem.ts';

/** @throws {ProblemError} `rate_card_not_found` for what is no id of a rate card */
export function rateCardIdOrNotFound(id: string): string {
  const uuid = parsePublicId('rateCard', id);
  if (uuid === null) throw rateCardNotFound(id);
  return uuid;
}

export function rateCardNotFound(rateCard: string): ProblemError {
  const detail = `This environment has no rate card with the id ${rateCard}.`;
  return new ProblemError(problem('rate_card_not_found', detail, { rate_card: rateCard }));
}

export function versionNotFound(rateCard: string, version: number): ProblemError {
  const detail = `The rate card ${rateCard} has no version ${String(version)}.`;
  return new ProblemError(problem('rate_card_version_not_found', detail, { rate_card: rateCard }));
}

export function rateCardArchived(rateCard: string): ProblemError {
  const detail = `The rate card ${rateCard} is archived. Create a new one.`;
  return new ProblemError(problem('rate_card_archived', detail, { rate_card: rateCard }));
}

export function rateCardPurposeDiffers(rateCard: string, wanted: RateCardPurpose): ProblemError {
  const detail = `The rate card ${rateCard} must be of purpose ${wanted} here.`;
  return new ProblemError(problem('rate_card_purpose_differs', detail, { rate_card: rateCard }));
}
