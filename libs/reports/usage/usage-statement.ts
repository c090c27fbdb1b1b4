import { NIL_UUID } from '../facts/fact-sums.ts';
import { AMOUNTS, COUNTS } from '../facts/measures.ts';
import type { UsageGroup, UsageQuestion } from './usage-question.ts';
import { NONE } from './usage-row.ts';

interface SumsStatement {
  readonly text: string;
  readonly values: unknown[];
}

const COLUMN_OF: Readonly<Record<string, string>> = {
  unknownCosts: 'unknown_costs',
  promotionalCost: 'promotional_cost',
};
const MONEY: readonly string[] = ['revenue', 'cost', 'promotionalCost'];

/** Of each bucket, unit and group, sums of what is rolled up: of usage, or of the one tag that the question is about. */
export function measuresStatement(question: UsageQuestion, tag: string | null): SumsStatement {
  const { parameter, values } = parametersOf();
  const currency = parameter(question.currency);
  const sums = [...COUNTS, ...AMOUNTS].map((name) => {
    const column = COLUMN_OF[name] ?? name;
    // Money can't be added up across currencies; everything else can.
    const ofCurrency = MONEY.includes(name) ? ` filter (where s.currency = ${currency})` : '';
    return `coalesce(sum(s.${column})${ofCurrency}, 0)::text as "${name}"`;
  });
  const table = tag !== null ? 'tag_slots' : isByAccount(question) ? 'usage_slots' : 'environment_usage_slots';
  return { text: statement({ question, table, tag, parameter, sums, more: [] }), values };
}

/** How much was used of each quantity. */
export function quantitiesStatement(question: UsageQuestion): SumsStatement {
  const { parameter, values } = parametersOf();
  const table = isByAccount(question) ? 'usage_quantities' : 'environment_usage_quantities';
  const sums = ['sum(s.amount)::text as amount'];
  return { text: statement({ question, table, tag: null, parameter, sums, more: ['s.quantity as quantity'] }), values };
}

type Parameter = (value: unknown) => string;

function parametersOf(): { readonly parameter: Parameter; readonly values: unknown[] } {
  const values: unknown[] = [];
  return { values, parameter: (value) => `$${String(values.push(value))}` };
}

function isByAccount({ account, groups }: UsageQuestion): boolean {
  return account !== null || groups.includes('account');
}

interface Parts {
  readonly question: UsageQuestion;
  readonly table: string;
  readonly tag: string | null;
  readonly parameter: Parameter;
  readonly sums: readonly string[];
  /** Columns that rows are told apart by besides the groups. */
  readonly more: readonly string[];
}

function statement({ question, table, tag, parameter, sums, more }: Parts): string {
  const { environment, account, from, to, bounds, groups, filter } = question;
  const isOfAccounts = !table.startsWith('environment_');
  const starts = `${parameter(bounds.slice(0, -1).map((at) => new Date(at).toISOString()))}::timestamptz[]`;
  const conditions = [
    `${isOfAccounts ? 'a' : 's'}.environment = ${parameter(environment)}`,
    `s.slot >= ${parameter(new Date(from))}`,
    `s.slot < ${parameter(new Date(to))}`,
    ...(account === null ? [] : [`s.account_id = ${parameter(account)}::bigint`]),
    ...(tag === null ? [] : [`s.tag = ${parameter(tag)}`]),
    ...Object.values(filter.tags).map((value) => `s.value = ${parameter(value)}`),
    ...(filter.model === null ? [] : [`s.model = ${parameter(named(filter.model))}`]),
    ...(filter.event === null ? [] : [`s.event = ${parameter(named(filter.event))}`]),
    ...(filter.key === null ? [] : [`s.key_id = ${parameter(filter.key)}::uuid`]),
  ];
  const columns = [
    `width_bucket(s.slot, ${starts}) - 1 as bucket`,
    `${isOfAccounts ? 'a' : 's'}.unit as unit`,
    `array[${groups.map(columnOf).join(', ')}]::text[] as values`,
    ...more,
  ];
  const places = columns.map((_, place) => String(place + 1)).join(', ');
  const join = isOfAccounts ? 'join accounts a using (account_id)' : '';
  return `select ${[...columns, ...sums].join(', ')} from ${table} s ${join}
    where ${conditions.join(' and ')} group by ${places}`;
}

function columnOf(group: UsageGroup): string {
  switch (group) {
    case 'account':
      return 'a.external_id';
    case 'key':
      return `coalesce(nullif(s.key_id::text, '${NIL_UUID}'), '${NONE}')`;
    case 'model':
    case 'event':
    case 'provider':
      return `coalesce(nullif(s.${group}, ''), '${NONE}')`;
    default:
      return 's.value';
  }
}

/** What isn't named is '' in the sums. */
function named(value: string): string {
  return value === NONE ? '' : value;
}
