import { effectiveRules, levelsReached, percentagesReached, percentUsed, type Entering } from '../alerts.ts';
import { formatAmount, ZERO, type Amount } from '../amount.ts';
import type { SentAlert } from '../events.ts';
import type { Grant } from '../grant.ts';
import { forecast } from '../pace.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import { touchGrant } from './transaction.ts';
import { momentOf, tell, type Moment } from './tell.ts';

/**
 * Looks at the alerts of the accounts whose balance the command has moved: once, after all that it did to them, so that one
 * write which crosses several thresholds is told once.
 */
export function watchBalances(context: DecisionContext): void {
  for (const account of context.changes.moved) watch(context, account, momentOf(context, account));
  context.changes.moved.clear();
}

/** A grant has come into effect with this amount: it makes a new basis, or adds to the one there is. */
export function enter(context: DecisionContext, account: AccountState, grant: Grant, amount: Amount): void {
  const { isFill, bonus } = account.entering ?? { isFill: false, bonus: ZERO };
  const isBonus = grant.category === 'promotional';
  account.entering = {
    isFill: isFill || !isBonus,
    bonus: isBonus ? bonus.plus(amount) : bonus,
  };
  grant.entered = true;
  touchGrant(context, grant);
}

/** Compares the balance with what it was when it was last looked at, and tells what that means. */
export function watch(context: DecisionContext, account: AccountState, moment: Moment): void {
  const before = account.watched;
  const after = moment.posted;
  account.watched = after;
  const { entering } = account;
  if (entering) {
    account.entering = null;
    fill(context, account, entering, before, moment);
  }
  if (after.lt(before)) fall(context, account, before, moment);
  else if (after.gt(before)) rise(context, account);
}

function rise(context: DecisionContext, account: AccountState): void {
  account.account.alerts.arming += 1;
  context.changes.changedAlerts.add(account);
}

function fill(
  context: DecisionContext,
  account: AccountState,
  { isFill, bonus }: Entering,
  before: Amount,
  moment: Moment,
): void {
  const { alerts } = account.account;
  context.changes.changedAlerts.add(account);
  if (!isFill) {
    alerts.basis = alerts.basis.plus(bonus);
    return;
  }
  const wasLow = alerts.percent > 0 || (alerts.epoch > 0 && !before.gt(ZERO));
  alerts.epoch += 1;
  alerts.percent = 0;
  alerts.basis = moment.posted;
  if (!wasLow || !moment.posted.gt(ZERO)) return;
  const told = { epoch: alerts.epoch, basis: formatAmount(alerts.basis) };
  tell(context, account, 'balance.replenished', told, moment);
}

function fall(context: DecisionContext, account: AccountState, before: Amount, moment: Moment): void {
  const { alerts, environment } = account.account;
  const rules = effectiveRules(alerts.rules, context.rules.alertRules.get(environment));
  const percentages = percentagesReached(rules, alerts, moment.posted);
  if (percentages.length > 0) tellPercent(context, account, percentages, moment);
  const levels = levelsReached(rules, before, moment.posted);
  if (levels.length > 0) tellLevels(context, account, levels, moment);
  if (before.gt(ZERO) && !moment.posted.gt(ZERO)) {
    tell(context, account, 'balance.exhausted', { epoch: alerts.epoch }, moment);
  }
}

function tellPercent(
  context: DecisionContext,
  account: AccountState,
  crossed: readonly number[],
  moment: Moment,
): void {
  const { alerts } = account.account;
  const percent = Math.max(...crossed);
  alerts.percent = percent;
  const id = tell(
    context,
    account,
    'balance.threshold_reached',
    {
      percent,
      crossed,
      used_percent: percentUsed(alerts, moment.posted),
      basis: formatAmount(alerts.basis),
      epoch: alerts.epoch,
      forecast: forecastTold(account, moment),
    },
    moment,
  );
  sent(context, account, id, 'percent', alerts.epoch, crossed.map(String));
}

function tellLevels(context: DecisionContext, account: AccountState, levels: readonly Amount[], moment: Moment): void {
  const crossed = levels.map(formatAmount);
  const [level = ''] = crossed;
  const told = { level, crossed, forecast: forecastTold(account, moment) };
  const id = tell(context, account, 'balance.low', told, moment);
  sent(context, account, id, 'remaining', account.account.alerts.arming, crossed);
}

function sent(
  { changes }: DecisionContext,
  { account }: AccountState,
  eventId: string,
  rule: SentAlert['rule'],
  round: number,
  thresholds: readonly string[],
): void {
  for (const threshold of thresholds) changes.alerts.push({ accountKey: account.key, rule, round, threshold, eventId });
}

function forecastTold({ account }: AccountState, { at, posted }: Moment) {
  const told = forecast(account.pace, posted, at);
  return told && { hours_left: formatAmount(told.hoursLeft), used_last_hour: formatAmount(told.usedLastHour) };
}
