import type { Json } from '#amounts';
import { aheadMsOf } from '../load/test-clock-statements.ts';
import type { Queryable } from '../queryable.ts';
import { idOf, pageOf, type Page, type PageRequest } from '../read/page.ts';
import type {
  ListedRateCard,
  ListedVersion,
  RateCard,
  RateCardPurpose,
  RateCardVersion,
  VersionedRateCard,
} from './rate-card.ts';
import { scheduleOf, type ScheduledVersion } from './schedule.ts';

export interface NewRateCard {
  readonly id: string;
  readonly environment: string;
  readonly name: string;
  readonly unit: string;
  readonly purpose: RateCardPurpose;
  readonly createdBy: string;
}

export interface NewVersion {
  readonly card: string;
  readonly version: number;
  readonly prices: Json;
  /** Milliseconds since 1970. */
  readonly effectiveAt: number;
  readonly createdBy: string;
}

/**
 * From the insertion on; others see the version from the commit on, some round trips later. By then every process has looked for
 * new versions, several times, unless the commit took most of that second.
 */
const KNOWN_AFTER = `interval '1 second'`;

export async function insertCard(database: Queryable, card: NewRateCard): Promise<RateCard> {
  const { id, environment, name, unit, purpose, createdBy } = card;
  const { rows } = await database.query<CardRow>(
    `insert into rate_cards (id, environment, name, unit, purpose, created_by) values ($1, $2, $3, $4, $5, $6)
    returning ${CARD_COLUMNS}`,
    [id, environment, name, unit, purpose, createdBy],
  );
  return cardFromRow(theOne(rows));
}

export async function insertVersion(database: Queryable, added: NewVersion): Promise<RateCardVersion> {
  const { card, version, prices, effectiveAt, createdBy } = added;
  const { rows } = await database.query<VersionRow>(
    `insert into rate_card_versions (rate_card, version, prices, effective_at, known_from, created_by)
    values ($1, $2, $3, $4, clock_timestamp() + ${KNOWN_AFTER}, $5) returning ${VERSION_COLUMNS}`,
    [card, version, JSON.stringify(prices), new Date(effectiveAt), createdBy],
  );
  return versionFromRow(theOne(rows));
}

export async function archiveCard(database: Queryable, id: string): Promise<RateCard> {
  const { rows } = await database.query<CardRow>(
    `update rate_cards set archived_at = clock_timestamp() where id = $1 returning ${CARD_COLUMNS}`,
    [id],
  );
  return cardFromRow(theOne(rows));
}

/** Locks a card: until the transaction ends, nobody else adds a version or archives it. */
export async function lockCard(database: Queryable, environment: string, id: string): Promise<RateCard | null> {
  const { rows } = await database.query<CardRow>(
    `select ${CARD_COLUMNS} from rate_cards where environment = $1 and id = $2 for no key update`,
    [environment, id],
  );
  return rows[0] ? cardFromRow(rows[0]) : null;
}

/** A card with one of its versions, or with the one that is in effect by the environment's clock. */
export async function findCard(
  database: Queryable,
  environment: string,
  id: string,
  version: number | null,
): Promise<VersionedRateCard | null> {
  const { rows } = await database.query<CardRow & { readonly shown: number }>(
    `select ${CARD_COLUMNS}, coalesce($3, ${inEffect('c')}) as shown from rate_cards c where environment = $1 and id = $2`,
    [environment, id, version],
  );
  const [row] = rows;
  if (!row) return null;
  const versions = await database.query<VersionRow>(
    `select ${VERSION_COLUMNS} from rate_card_versions where rate_card = $1 and version = $2`,
    [id, row.shown],
  );
  return versions.rows[0] ? { card: cardFromRow(row), version: versionFromRow(versions.rows[0]) } : null;
}

export async function findSchedule(database: Queryable, card: string): Promise<readonly ScheduledVersion[]> {
  const { rows } = await database.query<ListedVersionRow>(
    `select ${LISTED_COLUMNS} from rate_card_versions where rate_card = $1`,
    [card],
  );
  return scheduleOf(rows.map(listedFromRow));
}

/** An environment's cards, newest first. */
export async function listCards(
  database: Queryable,
  environment: string,
  page: PageRequest,
): Promise<Page<ListedRateCard>> {
  const { rows } = await database.query<CardRow & ListedVersionRow>(
    `select c.*, v.version, v.effective_at, v.known_from, v.created_at as version_created_at
    from (select ${CARD_COLUMNS} from rate_cards
      where environment = $1 and ($2::uuid is null or id < $2) order by id desc limit $3) c
    join rate_card_versions v on v.rate_card = c.id and v.version = ${inEffect('c')} order by c.id desc`,
    [environment, page.after, page.limit + 1],
  );
  return pageOf(rows, page, idOf, (row) => ({ card: cardFromRow(row), version: listedFromRow(row) }));
}

/** A card's versions, newest first. @returns `null` where the environment has no such card */
export async function listVersions(
  database: Queryable,
  environment: string,
  id: string,
  { limit, after }: PageRequest,
): Promise<Page<ListedRateCard> | null> {
  const cards = await database.query<CardRow>(
    `select ${CARD_COLUMNS} from rate_cards where environment = $1 and id = $2`,
    [environment, id],
  );
  if (!cards.rows[0]) return null;
  const card = cardFromRow(cards.rows[0]);
  const { rows } = await database.query<ListedVersionRow>(
    `select ${LISTED_COLUMNS} from rate_card_versions
    where rate_card = $1 and ($2::integer is null or version < $2) order by version desc limit $3`,
    [id, after, limit + 1],
  );
  return pageOf(
    rows,
    { limit, after },
    ({ version }) => String(version),
    (row) => ({ card, version: listedFromRow(row) }),
  );
}

/**
 * The version of a card that is in effect by its environment's clock, as SQL. That a version is known to every process only
 * after a second is left out: whoever has published it sees it.
 */
function inEffect(card: string): string {
  return `(select version from rate_card_versions v, environments e
    where v.rate_card = ${card}.id and e.name = ${card}.environment and (version = 1 or
      effective_at <= clock_timestamp() + ${aheadMsOf('e.name', 'e.test_clock')} * interval '1 millisecond')
    order by version = 1, effective_at desc, version desc limit 1)`;
}

const CARD_COLUMNS = 'id, environment, name, unit, purpose, archived_at, created_at';
const LISTED_COLUMNS = 'version, effective_at, known_from, created_at as version_created_at';
const VERSION_COLUMNS = `${LISTED_COLUMNS}, prices`;

interface CardRow {
  readonly id: string;
  readonly environment: string;
  readonly name: string;
  readonly unit: string;
  readonly purpose: RateCardPurpose;
  readonly archived_at: Date | null;
  readonly created_at: Date;
}

interface ListedVersionRow {
  readonly version: number;
  readonly effective_at: Date;
  readonly known_from: Date;
  readonly version_created_at: Date;
}

interface VersionRow extends ListedVersionRow {
  readonly prices: Json;
}

function theOne<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error('a row was written and not returned');
  return row;
}

function cardFromRow(row: CardRow): RateCard {
  return {
    id: row.id,
    environment: row.environment,
    name: row.name,
    unit: row.unit,
    purpose: row.purpose,
    archivedAt: row.archived_at?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
  };
}

function versionFromRow(row: VersionRow): RateCardVersion {
  return { ...listedFromRow(row), prices: row.prices };
}

function listedFromRow(row: ListedVersionRow): ListedVersion {
  return {
    version: row.version,
    effectiveAt: row.effective_at.getTime(),
    knownFrom: row.known_from.getTime(),
    createdAt: row.version_created_at.getTime(),
  };
}
