import { formatAmount } from '#amounts';
import {
  publicId,
  type AccountSuspended,
  type BudgetExceeded,
  type BudgetExists,
  type BudgetField,
  type Refusal,
  type SpanLimitExceeded,
  type SpendRateExceeded,
} from '#ledger';
import { timeView } from '../lists/time-view.ts';
import { problem, type Problem } from './problem.ts';

type OfLimits = Extract<
  Refusal,
  {
    readonly code:
      | 'budget_exists'
      | 'too_many_budgets'
      | 'too_many_raise_requests'
      | 'too_many_recurring_grants'
      | 'usage_suspended'
      | 'request_too_large'
      | 'open_holds_exceeded'
      | 'spend_rate_exceeded'
      | 'budget_exceeded'
      | 'key_limit_exceeded'
      | 'environment_limit_exceeded';
  }
>;

/**
 * The public words for what refuses budgets, and for a decline under a rule, a budget, or the limit of a key or an environment. A
 * value of a tag may be somebody's name, so it stands in a field of its own, where an erasure finds it, and in no sentence.
 */
export function problemOfLimit(refusal: OfLimits): Problem {
  switch (refusal.code) {
    case 'budget_exists':
      return problem(refusal.code, describeDifference(refusal), { errors: refusal.differing.map(differingField) });
    case 'too_many_raise_requests': {
      const { account, limit } = refusal;
      const detail = `Account ${account} has asked for ${String(limit)} raises that nobody has decided on yet.`;
      return problem(refusal.code, detail, { account, limit });
    }
    case 'too_many_recurring_grants': {
      const { account, limit } = refusal;
      const detail = `Account ${account} has ${String(limit)} recurring grants already.`;
      return problem(refusal.code, detail, { account, limit });
    }
    case 'too_many_budgets': {
      const { account, limit } = refusal;
      return problem(refusal.code, `Account ${account} has ${String(limit)} budgets already.`, { account, limit });
    }
    case 'usage_suspended': {
      const { account, rule, tag, value, until } = refusal;
      const end = until === null ? 'until it is resumed' : `until ${timeView(until)}`;
      const detail = `What account ${account} uses with this value of the tag ${tag} is suspended ${end}, by the rule ${rule}.`;
      return problem(refusal.code, detail, {
        account,
        rule,
        tag,
        value,
        until: until === null ? null : timeView(until),
      });
    }
    case 'request_too_large': {
      const [required, limit] = [formatAmount(refusal.required), formatAmount(refusal.limit)];
      const { account } = refusal;
      const detail = `The request is for ${required}. The rule ${refusal.rule} of account ${account} allows at most ${limit}.`;
      return problem(refusal.code, detail, { account, rule: refusal.rule, required, limit });
    }
    case 'open_holds_exceeded': {
      const { account, limit } = refusal;
      const detail = `Account ${account} has as many authorizations open as its rules allow: ${String(limit)}.`;
      return problem(refusal.code, detail, { account, limit });
    }
    case 'spend_rate_exceeded':
      return ofRate(refusal);
    case 'budget_exceeded': {
      const { account, budget, name, value } = refusal;
      const detail = `The budget ${name} of account ${account} ${describe(refusal)}`;
      return problem(refusal.code, detail, { budget: publicId('budget', budget), name, value, ...figures(refusal) });
    }
    case 'key_limit_exceeded':
      return problem(refusal.code, `The limit of the API key ${describe(refusal)}`, figures(refusal));
    case 'environment_limit_exceeded':
      return problem(refusal.code, `The limit of the environment ${describe(refusal)}`, figures(refusal));
  }
}

/** An account that an operator has suspended, or a rule. */
export function problemOfSuspension({ code, account, by }: AccountSuspended): Problem {
  if (!by) return problem(code, `Account ${account} is suspended; commits still land.`, { account });
  const until = by.until === null ? null : timeView(by.until);
  const end = until === null ? 'until it is resumed' : `until ${until}`;
  const detail = `Account ${account} is suspended ${end}, by the rule ${by.rule}; commits still land.`;
  return problem(code, detail, { account, rule: by.rule, until });
}

function ofRate({ code, account, rule, tag, value, retryAfterSeconds }: SpendRateExceeded): Problem {
  const whose = tag === null ? `Account ${account}` : `What account ${account} uses with this value of the tag ${tag}`;
  const detail = `${whose} is slowed down by the rule ${rule}.`;
  return problem(code, detail, { account, rule, tag, value, retry_after: retryAfterSeconds });
}

type Exceeded = BudgetExceeded | SpanLimitExceeded;

function describe({ required, limit, spent, held }: Exceeded): string {
  const [of, used, reserved] = [limit, spent, held].map(formatAmount);
  return `allows for ${String(of)}, of which ${String(used)} are spent and ${String(reserved)} held. The request needs ${formatAmount(required)}.`;
}

function figures({ account, required, limit, spent, held, resetsAt, retryAfterSeconds }: Exceeded) {
  return {
    account,
    required: formatAmount(required),
    limit: formatAmount(limit),
    spent: formatAmount(spent),
    held: formatAmount(held),
    resets_at: resetsAt === null ? null : timeView(resetsAt),
    ...(retryAfterSeconds === null ? {} : { retry_after: retryAfterSeconds }),
  };
}

const FIELDS: Record<BudgetField, string> = {
  amount: 'amount',
  expected: 'expected',
  period: 'period',
  anchor: 'anchor',
  timeZone: 'time_zone',
  mode: 'mode',
  scope: 'scope',
  per: 'per',
  thresholds: 'thresholds',
  until: 'until',
  owner: 'owner',
};

function describeDifference({ name, differing }: BudgetExists): string {
  const fields = differing.map((field) => FIELDS[field]).join(', ');
  return `The account has a budget ${name}, which differs in: ${fields}. PATCH changes it.`;
}

function differingField(field: BudgetField): { field: string; message: string } {
  return { field: FIELDS[field], message: 'differs from that of the existing budget' };
}
