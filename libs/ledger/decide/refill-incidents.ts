import type { Grant } from '../grant.ts';
import { nextPeriodAt } from '../refills.ts';
import type { AccountState } from '../state.ts';
import { changePlan, planChangeDue, type PlanChange } from './change-plan.ts';
import type { DecisionContext } from './context.ts';
import { emit, grantData } from './emit.ts';
import type { RefillIncident } from './refill-incident.ts';
import { grantPeriods } from './settle-recurring.ts';

/**
 * What is due of an account's refills at an instant; nothing is due before it. It is asked anew for every instant, because each may
 * change what comes next. After it, nothing may be due at this instant any more.
 */
export function refillIncidents(
  context: DecisionContext,
  account: AccountState,
  at: number,
): readonly RefillIncident[] {
  const next = nextPeriodAt(account.refills);
  if (next === null || next > at) return [];
  let granted: readonly Grant[] = [];
  const to = planChangeDue(context, account, at);
  let changed: PlanChange | null = null;
  return [
    {
      at,
      ...(to !== undefined && {
        changePlan: () => {
          changed = changePlan(context, account, { to, at, isProrated: false });
        },
      }),
      grant: () => {
        granted = grantPeriods(context, account, at);
      },
      report: (moment) => {
        if (changed) emit(context, account, 'plan.changed', changed.data, moment);
        for (const grant of granted) emit(context, account, 'grant.created', grantData(grant), moment);
      },
    },
  ];
}
