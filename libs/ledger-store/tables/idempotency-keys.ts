import { column } from './column.ts';
import { accountKey, document, smallint, time, uuid } from './kind.ts';
import { table } from './table.ts';

/** `key` and `fingerprint` are the first halves of SHA-256 digests. */
const COLUMNS = {
  key: {
    scope: column('account_id', accountKey).key(),
    key: column('key', uuid).key(),
    fingerprint: column('fingerprint', uuid),
  },
  answer: {
    status: column('status', smallint),
    body: column('body', document),
  },
  createdAt: column('created_at', time).generated(),
};

/** Kept for days, and dropped by the week. */
export const IDEMPOTENCY_KEYS = table({ name: 'idempotency_keys', owner: 'account', columns: COLUMNS });

/** Kept for good. */
export const KEPT_IDEMPOTENCY_KEYS = table({ name: 'idempotency_keys_kept', owner: 'account', columns: COLUMNS });
