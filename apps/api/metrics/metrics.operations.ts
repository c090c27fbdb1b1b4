import type { OperationsOf } from '../openapi/operation.ts';
import type { MetricsController } from './metrics.controller.ts';

export const METRICS_OPERATIONS: OperationsOf<MetricsController> = {
  metrics: {
    id: 'getMetrics',
    summary: 'Get metrics for Prometheus',
    description:
      'Returns metrics of the process and the database, and nothing about customers. If the operator has set a token for ' +
      'it, send that as the bearer token.',
    answers: {
      200: { description: 'Prometheus’s text format.', schema: { type: 'string' }, mediaType: 'text/plain' },
    },
    problems: ['invalid_api_key', 'rate_limited', 'ledger_unavailable'],
    examples: [],
  },
};
