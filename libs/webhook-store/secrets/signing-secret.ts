import { randomBytes } from 'node:crypto';

/** A new signing secret as Standard Webhooks writes them: 256 bits of chance. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
