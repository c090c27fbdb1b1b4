import { formatAmount } from '#amounts';
import { publicId } from '#ledger';
import { changeJson, comparableRanges, type Change, type ReadAnomaly } from '#reports';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

const HOUR_MS = 60 * 60 * 1000;

export function anomalyView({ account, unit, anomaly }: ReadAnomaly) {
  return {
    id: publicId('anomaly', anomaly.id),
    account,
    unit,
    model: anomaly.model,
    state: anomaly.state,
    started_at: timeView(anomaly.startedAt),
    last_hour: timeView(anomaly.lastHour),
    ended_at: optionalTimeView(anomaly.endedAt),
    peak: {
      start: timeView(anomaly.peak),
      end: timeView(anomaly.peak + HOUR_MS),
      used: formatAmount(anomaly.used),
      usual: formatAmount(anomaly.usual),
      threshold: formatAmount(anomaly.threshold),
    },
  };
}

export function explainedAnomalyView(found: ReadAnomaly, change: Change) {
  const { before, after } = comparableRanges(found.anomaly);
  return { ...anomalyView(found), explanation: changeJson(change, before, after) };
}
