import { Amount } from '#amounts';
import type { Answer } from './ledger-client.ts';

const signedDecimal = /^-?\d+(?:\.\d+)?$/;

/** @throws Error if the answer has no such text */
export function textField(answer: Answer, name: string): string {
  const value =
    typeof answer.body === 'object' && answer.body !== null
      ? (answer.body as Record<string, unknown>)[name]
      : undefined;
  if (typeof value !== 'string')
    throw new Error(`The service answered ${answer.status} without the text "${name}": ${JSON.stringify(answer.body)}`);
  return value;
}

/** @throws Error if the answer has no such amount, written exactly; unlike what clients send, it may be below zero */
export function amountField(answer: Answer, name: string): Amount {
  const text = textField(answer, name);
  if (!signedDecimal.test(text))
    throw new Error(`The service answered with "${name}": "${text}", which isn't an amount.`);
  return new Amount(text);
}
