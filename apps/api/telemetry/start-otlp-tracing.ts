import type { TracingConfig } from '#config';
import { publicId } from '#ledger';
import type { ObservedBatch } from '#ledger-store';
import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Tracer,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { FinishedRequest } from '../requests/finished-requests.ts';
import type { Tracing } from './tracing.ts';

const EXPORT_TIMEOUT_MS = 5_000;
/** Some seconds of spans at full load; beyond it they are dropped. */
const QUEUED_SPANS_MAX = 16_384;

/**
 * Sends spans by OTLP over HTTP. They are made when all is over, from what was noted on the way, so a request that isn't
 * sampled costs next to nothing, and code that does the work knows nothing of tracing.
 */
export function startOtlpTracing({ endpoint, ratio }: TracingConfig, log: (line: string) => void): Tracing {
  const tell = (message: string): void => log(`OpenTelemetry: ${message}`);
  const silent = (): void => undefined;
  diag.setLogger({ error: tell, warn: tell, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say more, and otherwise.
    resource: resourceFromAttributes({ 'service.name': 'purser' }).merge(
      detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter, maxQueueSize: QUEUED_SPANS_MAX, exportTimeoutMillis: EXPORT_TIMEOUT_MS }),
    ],
  });
  const tracer = provider.getTracer('purser');
  return {
    requestFinished: (request) => traceRequest(tracer, request),
    onBatch: (batch) => traceBatch(tracer, batch),
    stop: async () => {
      // What the collector doesn't take is lost; the service stops all the same.
      const [ended] = await Promise.allSettled([provider.shutdown()]);
      if (ended.status === 'rejected') tell(`the last spans could not be sent: ${String(ended.reason)}`);
    },
  };
}

function traceRequest(tracer: Tracer, request: FinishedRequest): void {
  const { method, route, status, startedAt, endedAt, ledgerTimes } = request;
  const span = tracer.startSpan(
    `${method} ${route}`,
    { kind: SpanKind.SERVER, startTime: wallTime(startedAt), attributes: attributesOf(request) },
    contextOf(request),
  );
  if (span.isRecording()) {
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    if (ledgerTimes) {
      const { startedAt: askedAt, endedAt: decidedAt } = ledgerTimes;
      tracer
        .startSpan('ledger', { startTime: wallTime(askedAt) }, trace.setSpan(ROOT_CONTEXT, span))
        .end(wallTime(decidedAt));
    }
  }
  span.end(wallTime(endedAt));
}

/** A batch decides for many requests, so it is a trace of its own. */
function traceBatch(tracer: Tracer, { decisions, milliseconds, how }: ObservedBatch): void {
  const endedAt = performance.now();
  const attributes = { 'purser.batch.decisions': decisions, 'purser.batch.how': how };
  tracer
    .startSpan('ledger batch', { startTime: wallTime(endedAt - milliseconds), attributes }, ROOT_CONTEXT)
    .end(wallTime(endedAt));
}

function attributesOf({ id, method, route, status, caller, problem }: FinishedRequest): Attributes {
  return {
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
    'purser.request_id': id,
    ...(caller ? { 'purser.environment': caller.environment, 'purser.key': publicId('key', caller.keyId) } : {}),
    ...(problem === null ? {} : { 'purser.problem': problem }),
    ...(status >= 500 ? { 'error.type': problem ?? String(status) } : {}),
  };
}

/** The caller's own trace goes on here, and whether it is recorded is for the caller to say. */
function contextOf({ traceParent }: FinishedRequest): Context {
  const parent = traceParent === null ? null : parseTraceParent(traceParent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : ROOT_CONTEXT;
}

/** What `performance.now()` said, a moment ago, as milliseconds since 1970. */
function wallTime(monotonic: number): number {
  return Date.now() - (performance.now() - monotonic);
}
