import { connect, type Pool } from '#database';
import { NO_SUBSCRIBERS, type CommitSubscribers } from '#ledger';
import { AlertDefaults } from '../alerts/alert-defaults.ts';
import { CommonBudgets } from '../budgets/common-budgets.ts';
import { DeclineRecorder } from '../declines/decline-recorder.ts';
import { SpanLimits } from '../limits/span-limits.ts';
import { PlanMirror } from '../plans/plan-mirror.ts';
import { RateCardMirror } from '../prices/rate-card-mirror.ts';
import { RuleDefaults } from '../rules/rule-defaults.ts';
import { Settings } from '../settings/settings.ts';
import { Engine } from './engine.ts';

export interface OpenLedgerOptions {
  readonly databaseUrl: string;
  /** The most authorizations that an account may have open at once; 0 for no bound. */
  readonly openHoldsMax: number;
  /** Follows who subscribes to commits. Without it, no commit is reported by an event of its own. */
  readonly followSubscriptions?: (pool: Pool, log: (line: string) => void) => Promise<FollowedSubscriptions>;
  /** Milliseconds that only rise, by which the database's clock is followed; this process's own where it isn't given. */
  readonly passed?: () => number;
  readonly log: (line: string) => void;
}

/** Who subscribes to commits, as endpoints change. */
export interface FollowedSubscriptions extends CommitSubscribers {
  /** After an endpoint was changed by this process: its decisions follow it when this resolves. */
  noticeChange(): Promise<void>;
  close(): Promise<void>;
}

const NO_SUBSCRIPTIONS: FollowedSubscriptions = {
  ...NO_SUBSCRIBERS,
  noticeChange: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** A process's engine, and the settings that its decisions follow. A process has one, whatever it does beside. */
export interface Ledger extends AsyncDisposable {
  readonly engine: Engine;
  readonly alertDefaults: AlertDefaults;
  readonly ruleDefaults: RuleDefaults;
  readonly commonBudgets: CommonBudgets;
  readonly settings: Settings;
  readonly rateCards: RateCardMirror;
  readonly plans: PlanMirror;
  readonly spanLimits: SpanLimits;
  readonly declines: DeclineRecorder;
  readonly commitSubscriptions: FollowedSubscriptions;
}

/** To look settings up, to change them, and to lease shares of limits. */
const CONNECTIONS_MAX = 2;
const ANSWER_TIMEOUT_MS = 15_000;

/** @throws Error where the database can't be reached, or isn't migrated */
export async function openLedger(options: OpenLedgerOptions): Promise<Ledger> {
  const { databaseUrl, openHoldsMax, followSubscriptions, passed, log } = options;
  await using opening = new AsyncDisposableStack();
  const pool = connect(databaseUrl, {
    connectionsMax: CONNECTIONS_MAX,
    settings: { role: 'purser_app' },
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
    log,
  });
  opening.defer(() => pool.end());
  const alertDefaults = await AlertDefaults.open(pool, log);
  opening.defer(() => alertDefaults.close());
  const ruleDefaults = await RuleDefaults.open(pool, log);
  opening.defer(() => ruleDefaults.close());
  const commonBudgets = await CommonBudgets.open(pool, log);
  opening.defer(() => commonBudgets.close());
  const settings = await Settings.open(pool, log);
  opening.defer(() => settings.close());
  const rateCards = await RateCardMirror.open({ pool, log });
  opening.defer(() => rateCards.close());
  const plans = await PlanMirror.open(pool, log);
  opening.defer(() => plans.close());
  const spanLimits = await SpanLimits.open(pool, log);
  opening.defer(() => spanLimits.close());
  const commitSubscriptions = followSubscriptions ? await followSubscriptions(pool, log) : NO_SUBSCRIPTIONS;
  opening.defer(() => commitSubscriptions.close());
  const rules = {
    alertRules: alertDefaults.rules,
    defaultRules: ruleDefaults.rules,
    budgets: commonBudgets.budgets,
    openHoldsMax: openHoldsMax === 0 ? Number.POSITIVE_INFINITY : openHoldsMax,
    commitSubscribers: commitSubscriptions,
    prices: rateCards,
    plans,
    spanLimits,
    leases: spanLimits,
  };
  const declines = new DeclineRecorder(pool, settings, log);
  // After the engine, whose last decisions it counts.
  opening.defer(() => declines.close());
  const engine = new Engine({ databaseUrl, log, rules, ...(passed && { passed }) });
  engine.observe(declines);
  opening.defer(() => engine.stop());
  const opened = opening.move();
  return {
    engine,
    alertDefaults,
    ruleDefaults,
    commonBudgets,
    settings,
    rateCards,
    plans,
    spanLimits,
    declines,
    commitSubscriptions,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
