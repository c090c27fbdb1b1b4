import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { ANOMALY } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { AnomaliesController } from './anomalies.controller.ts';

const PATH = {
  id: { description: 'The anomaly’s id.', schema: { type: 'string', pattern: idPattern('anomaly') } },
} as const;

export const ANOMALY_OPERATIONS: OperationsOf<AnomaliesController> = {
  list: {
    id: 'listAnomalies',
    summary: 'List anomalies',
    description: 'Lists episodes of hours that used more than is usual, newest first.',
    answers: { 200: { description: 'A page of anomalies.', schema: listSchema(ref('Anomaly')) } },
    examples: [{ name: 'open', summary: 'Those that nobody has looked at', query: { state: 'open' }, ids: [ANOMALY] }],
  },
  find: {
    id: 'getAnomaly',
    summary: 'Get an anomaly',
    description:
      'Returns an anomaly and takes it apart: by requests, their size, prices and models, and by what used most. Its hours are compared with the same hours of the week before.',
    path: PATH,
    answers: { 200: { description: 'The anomaly.', schema: ref('ExplainedAnomaly') } },
    problems: ['anomaly_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'An hour of a customer', path: { id: ANOMALY } }],
  },
  update: {
    id: 'updateAnomaly',
    summary: 'Say what you make of an anomaly',
    description:
      'Sets the anomaly’s state: `open`, `acknowledged` or `closed`. Any may follow any other. The state changes nothing else: of an episode that goes on, nobody is told again, whatever its state.',
    path: PATH,
    answers: { 200: { description: 'The anomaly.', schema: ref('Anomaly') } },
    problems: ['anomaly_not_found'],
    examples: [
      { name: 'seen', summary: 'Somebody looks into it', path: { id: ANOMALY }, body: { state: 'acknowledged' } },
    ],
  },
};
