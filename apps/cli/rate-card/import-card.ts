import { parsePrices, cardPrices, diffPrices, type CardOptions, type PublishedList } from '#pricing';
import { StartError } from '../start/start-error.ts';
import { formatImport } from './format-import.ts';
import type { Card, RateCardClient } from './rate-card-client.ts';

export interface ImportTarget {
  /** A card's id; `null`: the one of that name, or a new one. */
  readonly card: string | null;
  readonly name: string;
  readonly unit: string;
  readonly purpose: string;
  readonly isDryRun: boolean;
}

/**
 * Makes a card of a published list, or a new version of the one that is there if anything changes.
 * @returns what changed, and what became of the card, in words
 */
export async function importCard(
  service: RateCardClient,
  list: PublishedList,
  options: CardOptions,
  target: ImportTarget,
): Promise<string> {
  const { prices, notes } = cardPrices(list.models, options);
  const parsed = parsePrices(prices);
  if (!parsed.ok) throw new StartError(faultsOf(parsed.faults));
  const card = await findCard(service, target);
  const diff = diffPrices(card?.prices ?? [], prices);
  const changes = formatImport(diff, [...list.notes, ...notes]);
  const isChanged = diff.added.length + diff.changed.length + diff.removed.length > 0;
  if (card && !isChanged) return `${changes}\n${titleOf(card)} stays as it is.`;
  if (target.isDryRun)
    return `${changes}\n${card ? titleOf(card) : `${target.name} is new, and`} wasn't changed: a dry run.`;
  const { name, unit, purpose } = target;
  const saved = card ? await service.publish(card.id, prices) : await service.create({ name, unit, purpose, prices });
  return `${changes}\n${titleOf(saved)} has ${prices.length} prices, in ${saved.unit}, from ${saved.effective_at} on.`;
}

/** @throws StartError where it is of another unit or purpose: those never change */
async function findCard(service: RateCardClient, target: ImportTarget): Promise<Card | null> {
  const id = target.card ?? (await findByName(service, target.name));
  if (id === null) return null;
  const card = await service.newest(id);
  if (card.unit === target.unit && card.purpose === target.purpose) return card;
  throw new StartError(
    `${titleOf(card)} is a ${card.purpose} card in ${card.unit}, not a ${target.purpose} card in ${target.unit}. ` +
      `Give --unit ${card.unit} --purpose ${card.purpose}, or another --name.`,
  );
}

async function findByName(service: RateCardClient, name: string): Promise<string | null> {
  const alike = (await service.list()).filter((card) => card.name === name && card.archived_at === null);
  if (alike.length <= 1) return alike[0]?.id ?? null;
  const ids = alike.map(({ id }) => id).join(', ');
  throw new StartError(`Several cards are named ${name}: ${ids}. Say which one by --card.`);
}

function titleOf({ id, name, version }: Card): string {
  return `${id} (${name}, version ${version})`;
}

function faultsOf(faults: readonly { readonly field: string; readonly message: string }[]): string {
  const lines = faults.map(({ field, message }) => `  ${field} ${message}`);
  return ['The list makes no rate card. Select from it by --provider or --model.', ...lines].join('\n');
}
