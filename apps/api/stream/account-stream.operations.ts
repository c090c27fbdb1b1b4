import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { AccountStreamController } from './account-stream.controller.ts';

export const ACCOUNT_STREAM_OPERATIONS: OperationsOf<AccountStreamController> = {
  follow: {
    id: 'followAccount',
    summary: 'Stream an account',
    description:
      'Server-sent events, for live displays: `balance` at once and whenever it has changed, and each event of the account as ' +
      'it happens, with its `sequence` as the id. With `Last-Event-ID`, the stream continues after that event.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The stream.', schema: { type: 'string' }, mediaType: 'text/event-stream' } },
    problems: ['account_not_found', 'too_many_streams'],
    examples: [{ name: 'now', summary: 'Only the current state', path: { id: 'acme' }, query: { wait: '0' } }],
  },
};
