import { effectiveRules, levelsReached, percentagesReached, percentUsed, type Entering } from '../alerts.ts';
import { type Amount, formatAmount, ZERO } from '#amounts';
import type { Balance } from '../balance.ts';
import { timeLeft } from '../burn-rate.ts';
import type { ForecastData, SentAlert } from '../events.ts';
import type { Grant } from '../grant.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import { emit, type Moment } from './emit.ts';

/** A grant has come into effect with this amount: it makes a new basis, or adds to the one there is. */
export function enter(context: DecisionContext, account: AccountState, grant: Grant, amount: Amount): void {
  const { isFill, bonus } = account.entering ?? { isFill: false, bonus: ZERO };
  const isBonus = grant.category === 'promotional';
  account.entering = {
    isFill: isFill || !isBonus,
    bonus: isBonus ? bonus.plus(amount) : bonus,
  };
  grant.entered = true;
  context.changes.grants.update(grant);
}

/** The alerts look at what is posted: holds don't count. */
export function alertOnBalance(context: DecisionContext, account: AccountState, before: Balance, moment: Moment): void {
  const { posted } = moment.balance;
  const { entering } = account;
  // A closed account has no balance that anybody could fill up again.
  if (account.account.status === 'closed') return;
  if (entering) {
    account.entering = null;
    fill(context, account, entering, before.posted, moment);
  }
  if (posted.lt(before.posted)) fall(context, account, before.posted, moment);
  else if (posted.gt(before.posted)) rise(context, account, posted);
}

function rise(context: DecisionContext, account: AccountState, posted: Amount): void {
  const { alerts } = account.account;
  alerts.arming += 1;
  // A refund of what was used before the last fill brings back more than that fill left.
  if (posted.gt(alerts.basis)) alerts.basis = posted;
  context.changes.accounts.updateAlerts(account);
}

function fill(
  context: DecisionContext,
  account: AccountState,
  { isFill, bonus }: Entering,
  before: Amount,
  moment: Moment,
): void {
  const { alerts } = account.account;
  context.changes.accounts.updateAlerts(account);
  if (!isFill) {
    alerts.basis = alerts.basis.plus(bonus);
    return;
  }
  const wasLow = alerts.percent > 0 || (alerts.epoch > 0 && !before.gt(ZERO));
  alerts.epoch += 1;
  alerts.percent = 0;
  alerts.basis = moment.balance.posted;
  if (!wasLow || !moment.balance.posted.gt(ZERO)) return;
  const data = { epoch: alerts.epoch, basis: formatAmount(alerts.basis) };
  emit(context, account, 'balance.replenished', data, moment);
}

function fall(context: DecisionContext, account: AccountState, before: Amount, moment: Moment): void {
  const { alerts, environment } = account.account;
  const rules = effectiveRules(alerts.rules, context.rules.alertRules.get(environment));
  const percentages = percentagesReached(rules, alerts, moment.balance.posted);
  if (percentages.length > 0) emitPercent(context, account, percentages, moment);
  const levels = levelsReached(rules, before, moment.balance.posted);
  if (levels.length > 0) emitLevels(context, account, levels, moment);
  if (before.gt(ZERO) && !moment.balance.posted.gt(ZERO)) {
    emit(context, account, 'balance.exhausted', { epoch: alerts.epoch }, moment);
  }
}

function emitPercent(
  context: DecisionContext,
  account: AccountState,
  crossed: readonly number[],
  moment: Moment,
): void {
  const { alerts } = account.account;
  const percent = Math.max(...crossed);
  alerts.percent = percent;
  const id = emit(
    context,
    account,
    'balance.threshold_reached',
    {
      percent,
      crossed,
      used_percent: percentUsed(alerts, moment.balance.posted),
      basis: formatAmount(alerts.basis),
      epoch: alerts.epoch,
      forecast: timeLeftData(account, moment),
    },
    moment,
  );
  sent(context, account, id, 'percent', alerts.epoch, crossed.map(String));
}

function emitLevels(context: DecisionContext, account: AccountState, levels: readonly Amount[], moment: Moment): void {
  const crossed = levels.map(formatAmount);
  const [level = ''] = crossed;
  const data = { level, crossed, forecast: timeLeftData(account, moment) };
  const id = emit(context, account, 'balance.low', data, moment);
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
  for (const threshold of thresholds)
    changes.sentAlerts.push({ accountKey: account.key, rule, round, threshold, eventId });
}

function timeLeftData({ account }: AccountState, { at, balance }: Moment): ForecastData | null {
  const expected = timeLeft(account.burnRate, balance.posted, at);
  return (
    expected && { hours_left: formatAmount(expected.hoursLeft), used_last_hour: formatAmount(expected.usedLastHour) }
  );
}
