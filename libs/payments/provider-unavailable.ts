/**
 * A provider couldn't be reached, or its answer was lost, so the outcome is unknown: money may have been taken. Call again with
 * the same request. The message is for the operator.
 */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
}
