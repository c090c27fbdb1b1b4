import { formatAmount } from '#amounts';
import { advice, nearestOf, percentOf, type LimitUse, type Standing } from '#ledger';
import type { EnvironmentSettings, TimedStanding } from '#ledger-store';
import { optionalTimeView } from '../lists/time-view.ts';

/** Who looks: an account's own key isn't shown how much others have used of the environment's limit. */
export interface StandingViewer {
  readonly seesEnvironment: boolean;
}

type SavingSettings = Pick<EnvironmentSettings, 'economizeFrom' | 'modelHint'>;

export function standingView(standing: TimedStanding, settings: SavingSettings, viewer: StandingViewer) {
  const { timeLeft } = standing;
  const nearest = nearestSeenBy(viewer, standing);
  return {
    standing: advice(standing, settings.economizeFrom),
    available: formatAmount(standing.available),
    used_percent: usedPercent(standing),
    nearest_limit: nearest && limitView(nearest),
    forecast: timeLeft && {
      hours_left: formatAmount(timeLeft.hoursLeft),
      used_last_hour: formatAmount(timeLeft.usedLastHour),
    },
    model_hint: settings.modelHint,
  };
}

export function limitView({ kind, name, value, limit, used, resetsAt }: LimitUse) {
  const left = limit.minus(used);
  return {
    kind,
    name,
    value,
    limit: formatAmount(limit),
    remaining: left.isNegative() ? '0' : formatAmount(left),
    used_percent: percentOf(used, limit),
    resets_at: optionalTimeView(resetsAt),
  };
}

/** The headers of an answer that says how the account stands after it. */
export function standingHeaders(
  standing: Standing,
  settings: SavingSettings,
  viewer: StandingViewer,
): Record<string, string> {
  const nearest = nearestSeenBy(viewer, standing);
  return {
    'purser-available': formatAmount(standing.available),
    'purser-used-percent': usedPercent(standing),
    'purser-standing': advice(standing, settings.economizeFrom),
    ...(nearest ? { 'purser-nearest-limit': nearestText(nearest) } : {}),
  };
}

/** A value of a tag may be somebody's name, so it stands in no header. */
function nearestText(nearest: LimitUse): string {
  const { kind, name } = nearest;
  return `${name === null ? kind : `${kind}:${name}`};used=${percentOf(nearest.used, nearest.limit)}`;
}

function nearestSeenBy({ seesEnvironment }: StandingViewer, { limits, nearest }: Standing): LimitUse | null {
  if (seesEnvironment || nearest?.kind !== 'environment') return nearest;
  return nearestOf(limits.filter(({ kind }) => kind !== 'environment'));
}

/** Of the last fill; 0 where there was none. */
function usedPercent({ basis, used }: Standing): string {
  return basis.isPositive() && !basis.isZero() ? percentOf(used, basis) : '0';
}
