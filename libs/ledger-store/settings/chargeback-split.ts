import { Amount, formatAmount, type Json, type JsonObject } from '#amounts';

export const SPLIT_METHODS = ['even', 'fixed', 'proportional'] as const;
/** How what is shared goes to cost centres: alike, by fixed percentages, or by what each used itself. */
export type SplitMethod = (typeof SPLIT_METHODS)[number];

/** How usage is charged to cost centres. */
export interface ChargebackSplit {
  readonly name: string;
  /** What a cost centre is: a value of a tag, `tag.team`, or a group of accounts with one value in their metadata, `metadata.unit`. */
  readonly by: string;
  /** The values whose usage all cost centres bear together. */
  readonly shared: readonly string[];
  readonly method: SplitMethod;
  /** Of `fixed`, by cost centre: at most 100 together. What is missing isn't allocated. */
  readonly percents: ReadonlyMap<string, Amount>;
  /** The part that is added to what is charged: 0.1 is 10 %. */
  readonly markup: Amount;
}

/** A split as it is sent, answered and stored. */
export interface ChargebackSplitJson {
  readonly name: string;
  readonly by: string;
  readonly shared?: readonly string[] | null;
  readonly method?: SplitMethod | null;
  readonly percents?: Readonly<Record<string, string | number>> | null;
  readonly markup?: string | null;
}

export function splitFrom(json: ChargebackSplitJson): ChargebackSplit {
  const percents = Object.entries(json.percents ?? {});
  return {
    name: json.name,
    by: json.by,
    shared: json.shared ?? [],
    method: json.method ?? 'proportional',
    percents: new Map(percents.map(([centre, percent]) => [centre, new Amount(percent)])),
    markup: new Amount(json.markup ?? 0),
  };
}

export function splitJson({ name, by, shared, method, percents, markup }: ChargebackSplit): JsonObject {
  const shown = [...percents].map(([centre, percent]): [string, Json] => [centre, formatAmount(percent)]);
  return { name, by, shared: [...shared], method, percents: Object.fromEntries(shown), markup: formatAmount(markup) };
}
