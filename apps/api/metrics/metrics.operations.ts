import type { OperationsOf } from '../openapi/operation.ts';
import type { MetricsController } from './metrics.controller.ts';

export const METRICS_OPERATIONS: OperationsOf<MetricsController> = {
  metrics: {
    id: 'getMetrics',
    summary: 'Get metrics for Prometheus',
    description: 'Returns metrics of the process and the database, and nothing about customers.',
    answers: {
      200: { description: 'Prometheus’s text format.', schema: { type: 'string' }, mediaType: 'text/plain' },
    },
    problems: ['ledger_unavailable'],
    examples: [],
  },
};
