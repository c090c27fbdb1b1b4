import type { Queryable } from '../queryable.ts';
import type { RateCardPurpose } from './rate-card.ts';
import { scheduleOf, type ScheduledVersion } from './schedule.ts';

/** A card without its prices. */
export interface MirroredCard {
  readonly environment: string;
  readonly unit: string;
  readonly purpose: RateCardPurpose;
  readonly isArchived: boolean;
  readonly schedule: readonly ScheduledVersion[];
}

export interface KnownCards {
  /** Which state of the tables is known. */
  readonly state: string;
  /** By their UUIDs. */
  readonly cards: ReadonlyMap<string, MirroredCard>;
  /** By environment, the UUID of its cost card. */
  readonly costCards: ReadonlyMap<string, string>;
}

export interface VersionRef {
  readonly card: string;
  readonly version: number;
}

export interface StoredPrices extends VersionRef {
  readonly json: string;
}

/** @returns `last` where nothing has changed */
export async function loadKnownCards(database: Queryable, last: KnownCards | null): Promise<KnownCards> {
  const state = await readState(database);
  if (state === last?.state) return last;
  // Read after the state: what changes in between is found at the next look.
  const versions = await database.query<VersionRow>(
    `select rate_card, version, effective_at, known_from from rate_card_versions`,
  );
  const cards = await database.query<CardRow>(
    `select id, environment, unit, purpose, archived_at is not null as is_archived from rate_cards`,
  );
  const costCards = await database.query<CostCardRow>(
    'select environment, cost_card from settings where cost_card is not null',
  );
  const byCard = Map.groupBy(versions.rows, ({ rate_card }) => rate_card);
  return {
    state,
    // A card that was made in between has no versions here, and isn't known yet.
    cards: new Map(cards.rows.flatMap((row) => (byCard.has(row.id) ? [mirrored(row, byCard.get(row.id) ?? [])] : []))),
    costCards: new Map(costCards.rows.map(({ environment, cost_card }) => [environment, cost_card])),
  };
}

export async function loadPrices(database: Queryable, refs: readonly VersionRef[]): Promise<StoredPrices[]> {
  const { rows } = await database.query<PricesRow>(
    `select rate_card, version, prices::text as json from rate_card_versions
    where (rate_card, version) in (select * from unnest($1::uuid[], $2::integer[]))`,
    [refs.map(({ card }) => card), refs.map(({ version }) => version)],
  );
  return rows.map(({ rate_card, version, json }) => ({ card: rate_card, version, json }));
}

/** What a version is called in a map. */
export function nameOf({ card, version }: VersionRef): string {
  return `${card}/${String(version)}`;
}

/** Cards and versions are never deleted, so their numbers tell whether all are known, whatever order they are committed in. */
async function readState(database: Queryable): Promise<string> {
  const { rows } = await database.query<{ state: string }>(
    `select concat_ws('/', (select count(*) from rate_card_versions), (select count(*) from rate_cards),
      (select count(archived_at) from rate_cards), (select sum(version) from settings)) as state`,
  );
  return rows[0]?.state ?? '';
}

interface CardRow {
  readonly id: string;
  readonly environment: string;
  readonly unit: string;
  readonly purpose: RateCardPurpose;
  readonly is_archived: boolean;
}

interface VersionRow {
  readonly rate_card: string;
  readonly version: number;
  readonly effective_at: Date;
  readonly known_from: Date;
}

interface CostCardRow {
  readonly environment: string;
  readonly cost_card: string;
}

interface PricesRow {
  readonly rate_card: string;
  readonly version: number;
  readonly json: string;
}

function mirrored(row: CardRow, versions: readonly VersionRow[]): readonly [string, MirroredCard] {
  const { id, environment, unit, purpose, is_archived } = row;
  const schedule = scheduleOf(
    versions.map(({ version, effective_at, known_from }) => ({
      version,
      effectiveAt: effective_at.getTime(),
      knownFrom: known_from.getTime(),
    })),
  );
  return [id, { environment, unit, purpose, isArchived: is_archived, schedule }];
}
