import type { Closing, PeriodState } from '#reports';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

export function periodView({ month, status, from, to, progress, closings }: PeriodState) {
  const [newest] = closings;
  const closed = status === 'closed' && newest ? newest : null;
  return {
    period: month,
    status,
    from: timeView(from),
    to: timeView(to),
    time_zone: closed && closed.sealed.time_zone,
    version: closed && closed.version,
    hash: closed && closed.hash,
    accounts: closed && closed.sealed.accounts,
    totals: closed && closed.sealed.totals,
    reports: closed && Object.keys(closed.sealed.reports).sort(),
    progress: progress && {
      step: progress.step,
      done: progress.done,
      total: progress.total,
      failure: progress.failure,
      started_at: timeView(progress.startedAt),
    },
    closings: closings.map(closingView),
  };
}

export function closingView({ version, hash, previousHash, closedAt, closedBy, reopened }: Closing) {
  return {
    version,
    hash,
    previous_hash: previousHash,
    closed_at: timeView(closedAt),
    closed_by: closedBy,
    reopened_at: optionalTimeView(reopened && reopened.at),
    reopened_by: reopened && reopened.by,
    reopen_reason: reopened && reopened.reason,
  };
}
