import { NIL_UUID } from '../facts/fact-sums.ts';
import { BREAKAGE, COMMITMENT, DEBT_REPAID, TRUE_UP } from '../facts/facts-of-slice.ts';
import { ERASED, NONE } from '../facts/tag-value.ts';
import type { UsageGrouping } from './usage-sum.ts';

/** What no usage is behind has a line of its own, whatever is grouped by. The roll-ups have it in place of the model. */
export const APART: readonly string[] = [COMMITMENT, DEBT_REPAID, BREAKAGE, TRUE_UP];

export interface UsageSumsTerms {
  readonly environment: string;
  /** Milliseconds since 1970, both at the beginning of a slot: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly grouping: UsageGrouping;
  /** By whose calendar days are told apart; `null`: they aren't. */
  readonly dayZone: string | null;
  /** Whether what no usage is behind has lines of its own; otherwise it is in those of whom it belongs to. */
  readonly linesApart: boolean;
}

const MEASURES = `sum(requests)::text as requests, sum(late)::text as late, sum(unpriced)::text as unpriced,
  sum(unknown_costs)::text as "unknownCosts", '0' as quantity,
  sum(paid + promotional + included + debt)::text as credits, sum(paid)::text as paid, sum(promotional)::text as promotional,
  sum(included)::text as included, sum(debt)::text as debt, sum(uncollected)::text as uncollected,
  sum(refunded)::text as refunded, sum(revenue)::text as revenue, sum(cost)::text as cost,
  sum(promotional_cost)::text as "promotionalCost"`;

const QUANTITIES = `'0' as requests, '0' as late, '0' as unpriced, '0' as "unknownCosts", sum(amount)::text as quantity,
  sum(credits)::text as credits, '0' as paid, '0' as promotional, '0' as included, '0' as debt, '0' as uncollected,
  '0' as refunded, '0' as revenue, sum(cost)::text as cost, '0' as "promotionalCost"`;

const APART_MODELS = APART.map((name) => `'${name}'`).join(', ');

/** Sums of the roll-ups, by value, unit, currency and day. */
export function usageSumsStatement({ environment, from, to, grouping, dayZone, linesApart }: UsageSumsTerms) {
  const values: unknown[] = [environment, new Date(from), new Date(to), dayZone && zoneOfPostgres(dayZone)];
  const day = `case when $4::text is null then '' else to_char(slot at time zone $4, 'YYYY-MM-DD') end`;
  const measures = grouping.by === 'token_type' ? QUANTITIES : MEASURES;
  if (grouping.by === 'tag') values.push(grouping.tag);
  if (grouping.by === 'metadata') values.push(grouping.name);
  return {
    text: `select ${day} as day, value, unit, currency, ${measures} from (${rowsOf(grouping, linesApart)}) s group by 1, 2, 3, 4`,
    values,
  };
}

/** Postgres takes `+05:30` by the sign of POSIX, which is the other way round. */
function zoneOfPostgres(timeZone: string): string {
  return timeZone.replace(/^[+-]/, (sign) => (sign === '+' ? '-' : '+'));
}

const IN_RANGE = `slot >= $2::timestamptz and slot < $3::timestamptz`;

function rowsOf(grouping: UsageGrouping, linesApart: boolean): string {
  switch (grouping.by) {
    case 'model':
    case 'event':
    case 'provider':
      return ofEnvironment(`coalesce(nullif(u.${grouping.by}, ''), '${NONE}')`);
    case 'key':
      return ofEnvironment(`coalesce(nullif(u.key_id::text, '${NIL_UUID}'), '${NONE}')`);
    case 'account':
      return ofAccounts('a.external_id', linesApart);
    case 'metadata':
      return ofAccounts(`coalesce(nullif(a.metadata ->> $5, ''), '${NONE}')`, linesApart);
    case 'token_type':
      return `select u.*, coalesce(nullif(u.quantity, ''), '${NONE}') as value
        from environment_usage_quantities u where u.environment = $1 and ${IN_RANGE}`;
    case 'tag':
      return ofTag(linesApart);
  }
}

function valueOr(own: string): string {
  return `case when u.model in (${APART_MODELS}) then u.model else ${own} end as value`;
}

function ofEnvironment(own: string): string {
  return `select u.*, ${valueOr(own)} from environment_usage_slots u where u.environment = $1 and ${IN_RANGE}`;
}

function ofAccounts(own: string, linesApart: boolean): string {
  return `select u.*, a.unit, ${linesApart ? valueOr(own) : `${own} as value`} from usage_slots u join accounts a using (account_id)
    where a.environment = $1 and ${IN_RANGE}`;
}

const SUMMED = [
  ...['requests', 'late', 'unpriced', 'unknown_costs', 'paid', 'promotional', 'included', 'debt'],
  ...['uncollected', 'refunded', 'revenue', 'cost', 'promotional_cost'],
];

/** What has a line of its own counts as usage without the tag in its roll-up, and is taken off there. */
function ofTag(linesApart: boolean): string {
  const rows = (value: string, sign: '' | '-', from: string): string =>
    `select slot, a.unit, currency, ${value} as value, ${SUMMED.map((name) => `${sign}u.${name} as ${name}`).join(', ')}
    from ${from} where a.environment = $1 and ${IN_RANGE}`;
  const apart = `usage_slots u join accounts a using (account_id)`;
  const isApart = `and u.model in (${APART_MODELS})`;
  const where = `case when a.erasure_requested_at is null then '${NONE}' else '${ERASED}' end`;
  const ofTheTag = `${rows(`coalesce(nullif(u.value, ''), '${NONE}')`, '', 'tag_slots u join accounts a using (account_id)')} and u.tag = $5`;
  if (!linesApart) return ofTheTag;
  return [ofTheTag, `${rows('u.model', '', apart)} ${isApart}`, `${rows(where, '-', apart)} ${isApart}`].join(
    '\nunion all\n',
  );
}
