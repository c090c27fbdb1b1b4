/**
 * Which endpoints (`w`) receive an event (`e`): enabled ones of its environment, by type and by account. A test is meant for
 * one endpoint and never goes to others.
 */
export const MATCHES = `w.environment = e.environment and w.enabled and e.type <> 'webhook_endpoint.test'
  and (w.types is null or e.type = any(w.types)) and (w.account_id is null or w.account_id = e.account_id)`;
