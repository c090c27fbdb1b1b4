/** A secret can't be kept or read, because PURSER_SECRETS_KEY doesn't have the key for it. */
export class SecretsKeyMissing extends Error {
  constructor() {
    super('PURSER_SECRETS_KEY does not have the key that signing secrets are encrypted with; it may be a list.');
    this.name = 'SecretsKeyMissing';
  }
}
