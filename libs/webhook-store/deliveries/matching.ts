import { TYPES_BY_NAME_ONLY } from '#webhooks';

const NOT_FOR_ALL = TYPES_BY_NAME_ONLY.map((type) => `'${type}'`).join(', ');

/**
 * Which endpoints (`w`) receive an event (`e`): enabled ones of its environment, by type and by account. A test is meant for
 * one endpoint and never goes to others.
 */
export const MATCHES = `w.environment = e.environment and w.enabled and e.type <> 'webhook_endpoint.test'
  and (e.type = any(w.types) or w.types is null and e.type not in (${NOT_FOR_ALL})) and (w.account_id is null or w.account_id = e.account_id)`;
