import type { OperationsOf } from '../openapi/operation.ts';
import type { HealthController } from './health.controller.ts';

export const HEALTH_OPERATIONS: OperationsOf<HealthController> = {
  live: {
    id: 'getLiveness',
    summary: 'Whether the process runs',
    description: 'Looks at nothing else. Restart it when this isn’t answered.',
    answers: {
      200: {
        description: 'It runs.',
        schema: { type: 'object', properties: { status: { type: 'string', const: 'ok' } }, required: ['status'] },
      },
    },
    examples: [{ name: 'live', summary: 'It runs' }],
  },
  ready: {
    id: 'getReadiness',
    summary: 'Whether requests can be answered',
    description: 'Send it no requests while it isn’t ready.',
    answers: {
      200: { description: 'They can.', schema: readiness('ok', ['ok'], ['ok'], ['ok']) },
      503: {
        description: 'They can’t: the database isn’t there, it was not migrated, or the service is stopping.',
        schema: readiness('unavailable', ['ok', 'stopping'], ['ok', 'unreachable'], ['ok', 'pending', 'unknown']),
      },
    },
    examples: [{ name: 'ready', summary: 'It is ready' }],
  },
};

function readiness(
  status: string,
  service: readonly string[],
  database: readonly string[],
  migrations: readonly string[],
) {
  const part = (values: readonly string[]) => ({ type: 'string', enum: values }) as const;
  return {
    type: 'object',
    properties: {
      status: { type: 'string', const: status },
      service: part(service),
      database: part(database),
      migrations: part(migrations),
    },
    required: ['status', 'service', 'database', 'migrations'],
  } as const;
}
