import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService } from '../support/test-service.ts';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string };
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

let collector: Server;
let endpoint: string;
let received: Export[];
beforeEach(async () => {
  received = [];
  collector = createServer((request, response) => {
    void json(request).then((body) => {
      if (request.url === '/v1/traces') received.push(body as Export);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  endpoint = `http://127.0.0.1:${String((collector.address() as AddressInfo).port)}`;
});
afterEach(() => {
  collector.closeAllConnections();
  collector.close();
});

const spans = (): Span[] =>
  received.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)),
  );
const nameOfService = (): unknown =>
  received[0]?.resourceSpans[0]?.resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
const attributesOf = (span: Span | undefined): Record<string, unknown> =>
  Object.fromEntries(
    span?.attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]) ?? [],
  );

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const traced = (flag: '00' | '01'): { headers: Record<string, string> } => ({
  headers: { traceparent: `00-${TRACE}-${CALLER}-${flag}` },
});

describe('traces', () => {
  it('go to the collector: a request in its caller’s trace, the ledger within it, and the batch', async () => {
    const service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/` });
    const account = await openAccount(service.live, { credits: '10' });
    await service.live.post('/v1/charges', { account, amount: '1' }, traced('01'));
    await service.live.post('/v1/charges', { account, amount: '100' });
    await service.stop();

    expect(nameOfService()).toBe('purser');
    const request = spans().find(({ traceId, name }) => traceId === TRACE && name === 'POST /v1/charges');
    expect(request?.parentSpanId).toBe(CALLER);
    expect(attributesOf(request)).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/v1/charges',
      'http.response.status_code': 201,
      'purser.environment': 'live',
      'purser.key': expect.stringMatching(/^key_/),
    });
    const ledger = spans().find(({ parentSpanId }) => parentSpanId === request?.spanId);
    expect(ledger).toMatchObject({ name: 'ledger', traceId: TRACE });
    const times = [request?.startTimeUnixNano, ledger?.startTimeUnixNano, ledger?.endTimeUnixNano].map(Number);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.abs(Number(request?.startTimeUnixNano) / 1e6 - Date.now())).toBeLessThan(20_000);

    const declined = spans().find((span) => attributesOf(span)['purser.problem'] === 'insufficient_credits');
    expect(attributesOf(declined)['http.response.status_code']).toBe(402);
    expect(attributesOf(spans().find(({ name }) => name === 'ledger batch'))).toMatchObject({
      'purser.batch.decisions': 1,
    });
  });

  it('hold as many as the operator asks for, and of a caller’s own traces those it records', async () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: '0' };
    const service = await startTestService(environment);
    const account = await openAccount(service.live, { credits: '10' });
    await service.live.post('/v1/charges', { account, amount: '1' }, traced('00'));
    await service.live.post('/v1/charges', { account, amount: '1' }, traced('01'));
    await service.stop();
    expect(spans().map(({ name, traceId }) => [name, traceId])).toEqual(
      expect.arrayContaining([
        ['POST /v1/charges', TRACE],
        ['ledger', TRACE],
      ]),
    );
    expect(spans()).toHaveLength(2);
  });

  it('harm nothing where the collector is away', async () => {
    collector.close();
    const service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    await openAccount(service.live, { credits: '10' });
    const startedAt = performance.now();
    await service.stop();
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(service.log.join('\n')).toContain('OpenTelemetry');
  });
});
