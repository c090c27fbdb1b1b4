import { publicId } from '#ledger';
import { LineBudget, type Logger } from '#logging';
import type { FinishedRequest, RequestWatcher } from './finished-requests.ts';

const SLOW_MS = 1_000;
/** When everything fails thousands of requests do, in each second, and the log must not be what stands still next. */
const LINES_PER_SECOND_MAX = 100;

/**
 * One line per request: as an error what we couldn't answer, as a warning what was slow, all others for those who debug.
 * A request that was refused because there was too much to do is no error; the metrics count it.
 */
export class RequestLog implements RequestWatcher {
  private readonly budget = new LineBudget(LINES_PER_SECOND_MAX);

  constructor(private readonly logger: Logger) {}

  requestFinished(request: FinishedRequest): void {
    const level = levelOf(request);
    if (!this.logger.isLevelEnabled(level)) return;
    if (level !== 'debug' && !this.hasBudget(request.endedAt)) return;
    this.logger[level](fieldsOf(request), 'request');
  }

  private hasBudget(now: number): boolean {
    const { granted, leftOut } = this.budget.take(now);
    if (leftOut > 0) this.logger.warn({ left_out: leftOut }, 'requests were not logged: too many in one second');
    return granted;
  }
}

function levelOf({ status, problem, milliseconds }: FinishedRequest): 'error' | 'warn' | 'debug' {
  // Of a probe that is told "not ready" the health check itself says why.
  if (status >= 500 && problem !== null && problem !== 'ledger_busy') return 'error';
  return milliseconds >= SLOW_MS ? 'warn' : 'debug';
}

function fieldsOf(request: FinishedRequest): object {
  const { id, method, route, status, milliseconds, ledgerTimes, address, caller, problem, fault } = request;
  return {
    request_id: id,
    method,
    route,
    status,
    ms: rounded(milliseconds),
    ...(ledgerTimes ? { ledger_ms: rounded(ledgerTimes.endedAt - ledgerTimes.startedAt) } : {}),
    address,
    ...(caller
      ? { environment: caller.environment, key: publicId('key', caller.keyId), key_name: caller.keyName }
      : {}),
    ...(problem === null ? {} : { problem }),
    ...(fault === null || fault === undefined ? {} : { fault: textOf(fault) }),
  };
}

/** To a thousandth; finer is noise. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

function textOf(fault: unknown): string {
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
}
