import type { CommandType, Outcome } from '#ledger';
import type { EngineObserver, ObservedBatch } from '#ledger-store';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { FinishedRequest, RequestWatcher } from '../requests/finished-requests.ts';
import { outcomesOf } from './outcomes.ts';
import { RevenueCounters } from './revenue-counters.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const DECISIONS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000];

/** What is counted as it happens. Every name is explained in docs/operations/observability.md. */
export class Metrics implements EngineObserver, RequestWatcher {
  readonly registry = new Registry();

  private readonly requests = new Counter({
    name: 'purser_http_requests_total',
    help: 'Requests answered. problem is the code of the problem, empty for a success.',
    labelNames: ['method', 'route', 'status', 'problem'] as const,
    registers: [this.registry],
  });
  private readonly requestSeconds = new Histogram({
    name: 'purser_http_request_duration_seconds',
    help: 'From the head of a request to its answer.',
    labelNames: ['method', 'route'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly decisions = new Counter({
    name: 'purser_decisions_total',
    help: 'What the ledger was asked for, and its answer: accepted, replayed, or why it was refused.',
    labelNames: ['kind', 'outcome'] as const,
    registers: [this.registry],
  });
  private readonly batchDecisions = new Histogram({
    name: 'purser_batch_decisions',
    help: 'Decisions that shared a transaction. how: ahead, locked, or conflicted (decided ahead and not written).',
    labelNames: ['how'] as const,
    buckets: DECISIONS,
    registers: [this.registry],
  });
  private readonly batchSeconds = new Histogram({
    name: 'purser_batch_duration_seconds',
    help: 'From the start of a batch until its commit was answered.',
    labelNames: ['how'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });

  private readonly revenue = new RevenueCounters(this.registry);

  /** @param others what else this process measures */
  constructor(private readonly others: readonly Registry[] = []) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** All of it, in the format of Prometheus. */
  async text(): Promise<string> {
    const texts = await Promise.all([this.registry, ...this.others].map((registry) => registry.metrics()));
    return texts.join('');
  }

  requestFinished({ method, route, status, problem, milliseconds }: FinishedRequest): void {
    this.requests.inc({ method, route, status, problem: problem ?? '' });
    this.requestSeconds.observe({ method, route }, milliseconds / 1000);
  }

  /** @param outcome null where the request had been answered before, under the same key */
  decided(type: CommandType, outcome: Outcome<unknown> | null): void {
    for (const { kind, result, count } of outcomesOf(type, outcome))
      this.decisions.inc({ kind, outcome: result }, count);
  }

  onBatch({ decisions, milliseconds, how, revenue }: ObservedBatch): void {
    for (const tally of revenue) this.revenue.add(tally);
    this.batchDecisions.observe({ how }, decisions);
    this.batchSeconds.observe({ how }, milliseconds / 1000);
  }
}
