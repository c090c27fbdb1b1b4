import { Amount, formatAmount, type JsonObject } from '#amounts';
import { PolledSnapshot } from '#background';
import type { Pool } from '#database';
import { publicId } from '#ledger';
import { change, type ChangeAnswer, type Changed, type ChangeRequest } from '../change/change.ts';
import { queryable, type Queryable } from '../queryable.ts';
import { splitFrom, splitJson, type ChargebackSplit, type ChargebackSplitJson } from './chargeback-split.ts';

/** What an environment has set for all of its accounts. */
export interface EnvironmentSettings {
  /** The calendar of accounts that have none of their own. */
  readonly timeZone: string;
  /** An ISO 4217 code, in capitals. */
  readonly currency: string;
  /** Money for one credit, in that currency. */
  readonly pricePerCredit: Amount | null;
  /** The UUID of the rate card that says what vendors charge, before the prices that they publish. */
  readonly costCard: string | null;
  /** The percentage of the credits or of a limit from which clients are told to save; 1 to 100. */
  readonly economizeFrom: number;
  /** What they are told to use then, such as a smaller model. */
  readonly modelHint: string | null;
  /** When money is earned of credits that will never be used. */
  readonly breakageMethod: 'on_expiry' | 'proportional';
  /** The part of credits that is expected never to be used, by the month in which they take effect; `default` is for all others. */
  readonly breakageRates: Readonly<Record<string, Amount>>;
  /** How usage may be charged to cost centres; each has a name of its own. */
  readonly chargebackSplits: readonly ChargebackSplit[];
  /** The names of the tags by which usage is added up. */
  readonly reportedTags: readonly string[];
}

export const DEFAULT_SETTINGS: EnvironmentSettings = {
  timeZone: 'UTC',
  currency: 'USD',
  pricePerCredit: null,
  costCard: null,
  economizeFrom: 80,
  modelHint: null,
  breakageMethod: 'on_expiry',
  breakageRates: {},
  chargebackSplits: [],
  reportedTags: ['user', 'feature', 'team'],
};

export type SettingsRefusal = 'rate_card_not_found' | 'rate_card_archived' | 'rate_card_purpose_differs';

type KnownSettings = ReadonlyMap<string, EnvironmentSettings>;

const REFRESH_MS = 500;

/** The settings of environments. Kept in memory, as each request may need them. */
export class Settings {
  private constructor(
    private readonly pool: Pool,
    private readonly snapshot: PolledSnapshot<KnownSettings>,
  ) {}

  /** Loads them and follows their changes, which other processes may make, until it is closed. */
  static async open(pool: Pool, log: (line: string) => void): Promise<Settings> {
    const load = (): Promise<KnownSettings> => loadSettings(queryable(pool));
    const title = 'The look-up of settings';
    return new Settings(pool, await PolledSnapshot.open({ title, everyMs: REFRESH_MS, load, log }));
  }

  of(environment: string): EnvironmentSettings {
    return this.snapshot.value.get(environment) ?? DEFAULT_SETTINGS;
  }

  /**
   * Sets those of the actor's environment: in this process at once, in others within half a second.
   *
   * @throws {LedgerUnavailable} where the database isn't there or the outcome of the commit is unknown
   */
  async set(
    request: ChangeRequest,
    settings: EnvironmentSettings,
    answer: ChangeAnswer,
  ): Promise<Changed<SettingsRefusal>> {
    const { environment } = request;
    const result = await change<SettingsRefusal>(this.pool, request, async (database) => {
      const current = await lockSettings(database, environment);
      const refusal = await costCardFault(database, environment, settings.costCard, current.costCard);
      if (refusal !== null) return { ok: false, refusal };
      const before = auditView(current);
      const after = auditView(settings);
      if (JSON.stringify(before) === JSON.stringify(after)) return { ok: true, answer, audited: [] };
      await writeSettings(database, environment, settings);
      return { ok: true, answer, audited: [{ environment, object: 'settings', before, after }] };
    });
    await this.snapshot.noticeChange();
    return result;
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }
}

async function costCardFault(
  database: Queryable,
  environment: string,
  wanted: string | null,
  current: string | null,
): Promise<SettingsRefusal | null> {
  if (wanted === null || wanted === current) return null;
  // Locked against being archived meanwhile.
  const { rows } = await database.query<{ purpose: string; is_archived: boolean }>(
    `select purpose, archived_at is not null as is_archived from rate_cards where environment = $1 and id = $2
    for share`,
    [environment, wanted],
  );
  const [card] = rows;
  if (!card) return 'rate_card_not_found';
  if (card.purpose !== 'cost') return 'rate_card_purpose_differs';
  return card.is_archived ? 'rate_card_archived' : null;
}

/** Until the transaction ends, whoever else sets them waits. */
async function lockSettings(database: Queryable, environment: string): Promise<EnvironmentSettings> {
  await database.query('select from environments where name = $1 for no key update', [environment]);
  return (await loadSettings(database)).get(environment) ?? DEFAULT_SETTINGS;
}

async function writeSettings(database: Queryable, environment: string, settings: EnvironmentSettings): Promise<void> {
  const { timeZone, currency, pricePerCredit, costCard, economizeFrom, modelHint, chargebackSplits, reportedTags } =
    settings;
  const { breakageMethod, breakageRates } = settings;
  await database.query(
    `insert into settings as s (environment, time_zone, currency, price_per_credit, cost_card, economize_from, model_hint,
      chargeback_splits, reported_tags, breakage_method, breakage_rates)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict (environment) do update set time_zone = excluded.time_zone, currency = excluded.currency,
      price_per_credit = excluded.price_per_credit, cost_card = excluded.cost_card,
      economize_from = excluded.economize_from, model_hint = excluded.model_hint,
      chargeback_splits = excluded.chargeback_splits, reported_tags = excluded.reported_tags,
      breakage_method = excluded.breakage_method, breakage_rates = excluded.breakage_rates, version = s.version + 1`,
    [
      environment,
      timeZone,
      currency,
      pricePerCredit && formatAmount(pricePerCredit),
      costCard,
      economizeFrom,
      modelHint,
      JSON.stringify(chargebackSplits.map(splitJson)),
      reportedTags,
      breakageMethod,
      ratesJson(breakageRates),
    ],
  );
}

interface SettingsRow {
  readonly environment: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly price_per_credit: string | null;
  readonly cost_card: string | null;
  readonly economize_from: number;
  readonly model_hint: string | null;
  readonly breakage_method: EnvironmentSettings['breakageMethod'];
  readonly breakage_rates: Readonly<Record<string, string>>;
  readonly chargeback_splits: readonly ChargebackSplitJson[];
  readonly reported_tags: readonly string[];
}

async function loadSettings(database: Queryable): Promise<KnownSettings> {
  const { rows } = await database.query<SettingsRow>(
    `select environment, time_zone, currency, price_per_credit, cost_card, economize_from, model_hint, chargeback_splits,
      reported_tags, breakage_method, breakage_rates
    from settings`,
  );
  return new Map(rows.map((row) => [row.environment, settingsFromRow(row)]));
}

function settingsFromRow(row: SettingsRow): EnvironmentSettings {
  return {
    timeZone: row.time_zone,
    currency: row.currency,
    pricePerCredit: row.price_per_credit === null ? null : new Amount(row.price_per_credit),
    costCard: row.cost_card,
    economizeFrom: row.economize_from,
    modelHint: row.model_hint,
    breakageMethod: row.breakage_method,
    breakageRates: mapValues(row.breakage_rates, (rate) => new Amount(rate)),
    chargebackSplits: row.chargeback_splits.map(splitFrom),
    reportedTags: row.reported_tags,
  };
}

function auditView(settings: EnvironmentSettings): JsonObject {
  const { timeZone, currency, pricePerCredit, costCard, economizeFrom, modelHint, chargebackSplits, reportedTags } =
    settings;
  return {
    time_zone: timeZone,
    currency,
    price_per_credit: pricePerCredit && formatAmount(pricePerCredit),
    cost_card: costCard && publicId('rateCard', costCard),
    economize_from: economizeFrom,
    model_hint: modelHint,
    breakage_method: settings.breakageMethod,
    breakage_rates: ratesJson(settings.breakageRates),
    chargeback_splits: chargebackSplits.map(splitJson),
    reported_tags: [...reportedTags],
  };
}

function ratesJson(rates: EnvironmentSettings['breakageRates']): Record<string, string> {
  return mapValues(rates, formatAmount);
}

function mapValues<From, To>(values: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
