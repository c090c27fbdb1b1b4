import type { JsonObject } from '#amounts';
import { column } from './column.ts';
import { json, text, time, uuid } from './kind.ts';
import { table } from './table.ts';

export const AUDIT_LOG = table({
  name: 'audit_log',
  owner: 'environment',
  columns: {
    environment: column('environment', text()).key(),
    id: column('id', uuid).key(),
    actor: {
      keyId: column('actor_key', uuid).nullable(),
      keyName: column('actor_name', text()),
      call: column('call', text()),
      requestId: column('request_id', text()).nullable(),
    },
    object: column('object', text()),
    before: column('before', json<JsonObject>()).nullable(),
    after: column('after', json<JsonObject>()).nullable(),
    at: column('created_at', time),
  },
});
