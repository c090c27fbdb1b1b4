import type { AuditEntry } from '#access';
import { publicId } from '#ledger';
import { timeView } from '../lists/time-view.ts';

export function auditView({ id, actor, object, before, after, createdAt }: AuditEntry) {
  return {
    id: publicId('audit', id),
    actor: { key: publicId('key', actor.keyId), name: actor.keyName },
    call: actor.call,
    object,
    before,
    after,
    request_id: actor.requestId,
    created_at: timeView(createdAt),
  };
}
