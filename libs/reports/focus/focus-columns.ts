import { column, type Cell, type Column, type ColumnKind } from '../reports/report.ts';

/** What one account used of one token type of a model on a day. */
export interface FocusUsage {
  /** By UTC: `2026-03-01`. */
  readonly day: string;
  readonly account: string;
  readonly accountName: string | null;
  /** The account's metadata, as far as it is text. */
  readonly tags: Readonly<Record<string, string>>;
  /** Of the credits. */
  readonly unit: string;
  /** '' where the usage named none. */
  readonly model: string;
  readonly provider: string;
  /** `input_tokens`; '' where the usage stated none. */
  readonly tokenType: string;
  /** The ISO 4217 code of the cost. */
  readonly currency: string;
  /** Amounts as text. */
  readonly quantity: string;
  readonly credits: string;
  readonly cost: string;
}

export interface FocusTerms {
  readonly environment: string;
}

type Read = (usage: FocusUsage, terms: FocusTerms) => Cell;

const NOTHING: Read = () => null;
const UNKNOWN = 'Unknown';

/** The columns of FOCUS 1.2, in the order of their names, as its rows have them. Those of discounts and resources stay empty. */
const COLUMNS: readonly (readonly [name: string, kind: ColumnKind, description: string, read: Read])[] = [
  ['AvailabilityZone', 'text', 'Empty.', NOTHING],
  ['BilledCost', 'money', 'What the vendor charges, as far as that is known.', ({ cost }) => cost],
  ['BillingAccountId', 'text', 'The environment.', (_, { environment }) => environment],
  ['BillingAccountName', 'text', 'The environment.', (_, { environment }) => environment],
  ['BillingAccountType', 'text', 'Environment.', () => 'Environment'],
  ['BillingCurrency', 'text', 'The currency of the costs.', ({ currency }) => currency],
  ['BillingPeriodEnd', 'instant', 'The end of the month, by UTC.', ({ day }) => startOfMonth(day, 1)],
  ['BillingPeriodStart', 'instant', 'The beginning of the month, by UTC.', ({ day }) => startOfMonth(day, 0)],
  ['CapacityReservationId', 'text', 'Empty.', NOTHING],
  ['CapacityReservationStatus', 'text', 'Empty.', NOTHING],
  ['ChargeCategory', 'text', 'Usage.', () => 'Usage'],
  ['ChargeClass', 'text', 'Empty: an adjustment counts when it is made.', NOTHING],
  ['ChargeDescription', 'text', 'The token type and the model.', descriptionOf],
  ['ChargeFrequency', 'text', 'Usage-Based.', () => 'Usage-Based'],
  ['ChargePeriodEnd', 'instant', 'The end of the day, by UTC.', ({ day }) => startOfDay(day, 1)],
  ['ChargePeriodStart', 'instant', 'The beginning of the day, by UTC.', ({ day }) => startOfDay(day, 0)],
  ['CommitmentDiscountCategory', 'text', 'Empty.', NOTHING],
  ['CommitmentDiscountId', 'text', 'Empty.', NOTHING],
  ['CommitmentDiscountName', 'text', 'Empty.', NOTHING],
  ['CommitmentDiscountQuantity', 'credits', 'Empty.', NOTHING],
  ['CommitmentDiscountStatus', 'text', 'Empty.', NOTHING],
  ['CommitmentDiscountType', 'text', 'Empty.', NOTHING],
  ['CommitmentDiscountUnit', 'text', 'Empty.', NOTHING],
  ['ConsumedQuantity', 'credits', 'How many tokens, seconds or images were used.', ({ quantity }) => quantity],
  ['ConsumedUnit', 'text', 'Tokens, Seconds, …: of what.', ({ tokenType }) => unitOf(tokenType)],
  ['ContractedCost', 'money', 'The same as BilledCost.', ({ cost }) => cost],
  ['ContractedUnitPrice', 'money', 'Empty.', NOTHING],
  ['EffectiveCost', 'money', 'The same as BilledCost.', ({ cost }) => cost],
  ['InvoiceId', 'text', 'Empty.', NOTHING],
  ['InvoiceIssuerName', 'text', 'The provider.', ({ provider }) => provider || UNKNOWN],
  ['ListCost', 'money', 'The same as BilledCost.', ({ cost }) => cost],
  ['ListUnitPrice', 'money', 'Empty.', NOTHING],
  ['PricingCategory', 'text', 'Standard.', () => 'Standard'],
  ['PricingCurrency', 'text', 'The unit of the account: its credits are a virtual currency.', ({ unit }) => unit],
  ['PricingCurrencyContractedUnitPrice', 'credits', 'Empty.', NOTHING],
  ['PricingCurrencyEffectiveCost', 'credits', 'What it was priced at, in credits.', ({ credits }) => credits],
  ['PricingCurrencyListUnitPrice', 'credits', 'Empty.', NOTHING],
  ['PricingQuantity', 'credits', 'The same as ConsumedQuantity.', ({ quantity }) => quantity],
  ['PricingUnit', 'text', 'The same as ConsumedUnit.', ({ tokenType }) => unitOf(tokenType)],
  ['ProviderName', 'text', 'The provider of the model.', ({ provider }) => provider || UNKNOWN],
  ['PublisherName', 'text', 'The provider of the model.', ({ provider }) => provider || UNKNOWN],
  ['RegionId', 'text', 'Empty.', NOTHING],
  ['RegionName', 'text', 'Empty.', NOTHING],
  ['ResourceId', 'text', 'Empty.', NOTHING],
  ['ResourceName', 'text', 'Empty.', NOTHING],
  ['ResourceType', 'text', 'Empty.', NOTHING],
  ['ServiceCategory', 'text', 'AI and Machine Learning.', () => 'AI and Machine Learning'],
  ['ServiceName', 'text', 'Model inference.', () => 'Model inference'],
  ['ServiceSubcategory', 'text', 'Generative AI.', () => 'Generative AI'],
  ['SkuId', 'text', 'The model.', ({ model }) => model || UNKNOWN],
  ['SkuMeter', 'text', 'The token type, like `input_tokens`.', ({ tokenType }) => tokenType || UNKNOWN],
  ['SkuPriceDetails', 'text', 'Empty.', NOTHING],
  ['SkuPriceId', 'text', 'Empty.', NOTHING],
  ['SubAccountId', 'id', 'The account.', ({ account }) => account],
  ['SubAccountName', 'text', 'The name of the account.', ({ accountName }) => accountName],
  ['SubAccountType', 'text', 'Account.', () => 'Account'],
  ['Tags', 'text', 'The texts of the account’s metadata, as JSON.', ({ tags }) => JSON.stringify(tags)],
];

export const FOCUS_COLUMNS: readonly Column[] = COLUMNS.map(([name, kind, description]) =>
  column(name, kind, description),
);

export function focusRow(usage: FocusUsage, terms: FocusTerms): Readonly<Record<string, Cell>> {
  return Object.fromEntries(COLUMNS.map(([name, , , read]) => [name, read(usage, terms)]));
}

function descriptionOf({ tokenType, model }: FocusUsage): string {
  const what = tokenType === '' ? 'usage' : tokenType.replaceAll('_', ' ');
  return model === '' ? what : `${what} of ${model}`;
}

/** The last word of a quantity says what is counted: `cache_read_tokens` are tokens. */
function unitOf(tokenType: string): string {
  const word = tokenType.split('_').at(-1) ?? '';
  return word === '' ? UNKNOWN : `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function startOfDay(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return instant(Date.UTC(year, month - 1, date + later));
}

function startOfMonth(day: string, later: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return instant(Date.UTC(year, month - 1 + later));
}

function instant(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
