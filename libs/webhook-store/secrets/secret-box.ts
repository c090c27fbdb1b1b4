import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { SecretsKeyMissing } from './secrets-key-missing.ts';

const CIPHER = 'aes-256-gcm';
const KEY_MARK_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keeps secrets encrypted: the mark of the key, a nonce, what is encrypted, and the tag that shows any change. What a secret
 * belongs to is signed along, so it can't be opened as another owner's.
 */
export class SecretBox {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly first: { readonly mark: Buffer; readonly key: Buffer } | null;

  /** @param keys 32 bytes each: the first one encrypts, all of them decrypt */
  constructor(keys: readonly Buffer[]) {
    this.keys = new Map(keys.map((key) => [markOf(key).toString('hex'), key]));
    const [key] = keys;
    this.first = key ? { mark: markOf(key), key } : null;
  }

  get canSeal(): boolean {
    return this.first !== null;
  }

  /** @throws {SecretsKeyMissing} where there is no key at all */
  seal(secret: string, owner: string): Buffer {
    if (!this.first) throw new SecretsKeyMissing();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.first.key, nonce).setAAD(Buffer.from(owner));
    const sealed = [cipher.update(secret, 'utf8'), cipher.final()];
    return Buffer.concat([this.first.mark, nonce, ...sealed, cipher.getAuthTag()]);
  }

  /**
   * @throws {SecretsKeyMissing} where it was sealed with a key that isn't among these
   * @throws Error where it was changed, or is another owner's
   */
  open(sealed: Buffer, owner: string): string {
    const key = this.keys.get(sealed.subarray(0, KEY_MARK_BYTES).toString('hex'));
    if (!key) throw new SecretsKeyMissing();
    const nonce = sealed.subarray(KEY_MARK_BYTES, KEY_MARK_BYTES + NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, key, nonce).setAAD(Buffer.from(owner));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const rest = sealed.subarray(KEY_MARK_BYTES + NONCE_BYTES, -TAG_BYTES);
    return decipher.update(rest, undefined, 'utf8') + decipher.final('utf8');
  }

  /** Whether it was sealed with another key than the one that encrypts now. */
  isStale(sealed: Buffer): boolean {
    return this.first !== null && !sealed.subarray(0, KEY_MARK_BYTES).equals(this.first.mark);
  }
}

/** By it a key is found again; it says nothing of the key. */
function markOf(key: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from('purser secrets key'), key]), 'buffer').subarray(0, KEY_MARK_BYTES);
}
