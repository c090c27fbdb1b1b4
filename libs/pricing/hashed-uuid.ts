import { hash } from 'node:crypto';

/** The UUID that stands for a text: of version 8, which leaves its digits to us. */
export function hashedUuid(text: string): string {
  const digest = hash('sha256', text, 'hex');
  const third = `8${digest.slice(13, 16)}`;
  const fourth = `8${digest.slice(17, 20)}`;
  return [digest.slice(0, 8), digest.slice(8, 12), third, fourth, digest.slice(20, 32)].join('-');
}
