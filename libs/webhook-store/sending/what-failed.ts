import { AddressRefused } from './public-lookup.ts';

const MESSAGES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was closed before an answer came.',
  EHOSTUNREACH: 'The host can’t be reached.',
  ENETUNREACH: 'The host can’t be reached.',
  ENODATA: 'The host has no address.',
  ENOTFOUND: 'The host isn’t known.',
  ETIMEOUT: 'The name servers of the host did not answer.',
  HPE_HEADER_OVERFLOW: 'The head of the answer was too large.',
};

/** Why a message got no answer, for the owner of the endpoint: nothing in it comes from our own network. */
export function whatFailed(error: unknown, timeoutMs: number): string {
  if (error instanceof AddressRefused) return error.message;
  const code = codeOf(error);
  if (code === 'ABORT_ERR') return `There was no answer within ${timeoutMs / 1000} s.`;
  return MESSAGES[code] ?? (code === '' ? 'The connection failed.' : `The connection failed: ${code}.`);
}

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}
