import type { OperationsOf } from '../openapi/operation.ts';
import type { HealthController } from './health.controller.ts';

export const HEALTH_OPERATIONS: OperationsOf<HealthController> = {
  live: {
    id: 'getLiveness',
    summary: 'Check whether the process runs',
    description: 'Checks nothing else. Restart the process when this doesn’t respond.',
    answers: {
      200: {
        description: 'The process runs.',
        schema: { type: 'object', properties: { status: { type: 'string', const: 'ok' } }, required: ['status'] },
      },
    },
    examples: [{ name: 'live', summary: 'The process runs' }],
  },
  ready: {
    id: 'getReadiness',
    summary: 'Check whether the process can serve requests',
    description: 'Don’t send requests to a process that isn’t ready.',
    answers: {
      200: { description: 'The process can serve requests.', schema: readiness('ok', ['ok'], ['ok'], ['ok']) },
      503: {
        description:
          'The process can’t serve requests: the database is unreachable, takes no changes or isn’t migrated, or the service is stopping.',
        schema: readiness(
          'unavailable',
          ['ok', 'stopping'],
          ['ok', 'unreachable', 'unwritable'],
          ['ok', 'pending', 'unknown'],
        ),
      },
    },
    examples: [{ name: 'ready', summary: 'The process is ready' }],
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
