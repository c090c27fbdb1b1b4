import { expect } from '@jest/globals';
import { ApiClient } from './api-client.ts';

/** A key as the API shows it where it is made. */
export interface MadeKeyView {
  readonly id: string;
  readonly key: string;
  readonly prefix: string;
  readonly status: string;
  readonly expires_at: string | null;
  readonly [field: string]: unknown;
}

/** Has a key made. */
export async function makeKey(
  admin: ApiClient,
  terms: Readonly<Record<string, unknown>> & { readonly scopes: readonly string[] },
): Promise<MadeKeyView> {
  const { status, body } = await admin.post('/v1/api-keys', { name: 'a key', ...terms });
  expect({ status, body }).toEqual({ status: 201, body: expect.objectContaining({ key: expect.any(String) }) });
  return body as MadeKeyView;
}
