import { parsePublicId } from '#ledger';
import type { RateCardMirror } from '#ledger-store';
import { rateCardArchived, rateCardNotFound, rateCardPurposeDiffers } from './rate-card-ref.ts';

/** The rate card that a body names, as an account will have it. */
export interface GivenCard {
  /** Its UUID. */
  readonly id: string;
  readonly unit: string;
}

/**
 * @param id as it was sent; `null` where none was
 * @throws {ProblemError} where the card isn't there, is archived, or isn't one of prices
 */
export async function givenCard(
  rateCards: RateCardMirror,
  environment: string,
  id: string | null,
): Promise<GivenCard | null> {
  const uuid = id === null ? null : parsePublicId('rateCard', id);
  if (id === null || uuid === null) return null;
  await rateCards.ensure([{ card: uuid, version: 'current and later' }]);
  const card = rateCards.card(uuid);
  if (card?.environment !== environment) throw rateCardNotFound(id);
  if (card.isArchived) throw rateCardArchived(id);
  if (card.purpose !== 'price') throw rateCardPurposeDiffers(id, 'price');
  return { id: uuid, unit: card.unit };
}
