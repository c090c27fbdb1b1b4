import type { Queryable } from '#ledger-store';
import type { SecretBox } from './secret-box.ts';

interface SealedRow {
  readonly id: string;
  readonly secret: Buffer;
  readonly previous_secret: Buffer | null;
}

/**
 * Encrypts with the first key what is encrypted with another one, so that the other may leave the list. A secret that is
 * replaced at the same time stays as it is written.
 *
 * @returns of how many endpoints
 * @throws {SecretsKeyMissing} where one was encrypted with a key that isn't in the list
 */
export async function resealSecrets(database: Queryable, box: SecretBox): Promise<number> {
  const { rows } = await database.query<SealedRow>('select id, secret, previous_secret from webhook_endpoints');
  const stale = rows.filter((row) => [row.secret, row.previous_secret].some((sealed) => sealed && box.isStale(sealed)));
  let resealed = 0;
  for (const { id, secret, previous_secret } of stale) {
    const again = (sealed: Buffer): Buffer => box.seal(box.open(sealed, id), id);
    const { rowCount } = await database.query(
      'update webhook_endpoints set secret = $3, previous_secret = $4 where id = $1 and secret = $2',
      [id, secret, again(secret), previous_secret && again(previous_secret)],
    );
    resealed += rowCount ?? 0;
  }
  return resealed;
}
