import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { MAX_BATCH_ITEMS } from '#ledger';
import { validateSync } from 'class-validator';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { problem, ProblemError } from '../problems/problem.ts';
import { bodyOf, isBodyClass } from './body-classes.ts';
import { faultsOf, type Fault } from './faults-of.ts';
import { isValid } from './is-valid.ts';

/**
 * Checks bodies and queries against their classes: every fault at once, and no field that we don't know.
 *
 * Nest's own pipe isn't used because of the library it copies bodies with, which drops names such as `toString` from
 * metadata and stumbles over others; see {@link bodyOf}.
 */
export class BodyPipe implements PipeTransform<unknown> {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || !isBodyClass(metatype)) return value;
    const body = bodyOf(metatype, value);
    return isLargeBatch(body) ? checkInParts(body) : check(body);
  }
}

const CHECKS = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true, stopAtFirstError: true };
/** So many items are checked in a few milliseconds. */
const ITEMS_AT_ONCE = 50;

interface Batch {
  readonly items: readonly unknown[];
}

/** One that is too long is refused for that, before its items are looked at. */
function isLargeBatch(body: object): body is Batch {
  return 'items' in body && Array.isArray(body.items) && isBetween(body.items.length, ITEMS_AT_ONCE, MAX_BATCH_ITEMS);
}

function isBetween(count: number, from: number, to: number): boolean {
  return from < count && count <= to;
}

function check<T extends object>(body: T): T {
  refuse(faultsIn(body));
  return body;
}

/** To check a thousand items takes as long as hundreds of single requests do, so they have their turns in between. */
async function checkInParts<T extends Batch>(body: T): Promise<T> {
  const faults: Fault[] = [];
  for (let from = 0; from < body.items.length && faults.length <= ERRORS_MAX; from += ITEMS_AT_ONCE) {
    if (from > 0) await nextTurn();
    const found = faultsIn(withItems(body, body.items.slice(from, from + ITEMS_AT_ONCE)));
    // What is wrong beside the items is found with each part.
    faults.push(...found.flatMap((fault) => shifted(fault, from)));
  }
  refuse(faults);
  return body;
}

/** Nearly all bodies are as they must be, which is quick to see. */
function faultsIn(body: object): readonly Fault[] {
  return isValid(body) ? [] : validateSync(body, CHECKS).flatMap((error) => faultsOf(error));
}

function withItems(body: Batch, items: readonly unknown[]): object {
  const fields = { ...Object.getOwnPropertyDescriptors(body), items: { value: items, enumerable: true } };
  return Object.create(Object.getPrototypeOf(body) as object, fields) as object;
}

function shifted({ field, message }: Fault, from: number): Fault[] {
  const [, index, rest = ''] = /^items\.(\d+)(.*)$/.exec(field) ?? [];
  if (index !== undefined) return [{ field: `items.${String(Number(index) + from)}${rest}`, message }];
  return from === 0 ? [{ field, message }] : [];
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw invalidRequest(faults);
}

/** A request of thousands of faults is told so many of them: the answer must not be dearer than the request. */
export const ERRORS_MAX = 100;

export function invalidRequest(errors: readonly Fault[]): ProblemError {
  const count = errors.length;
  const most = String(ERRORS_MAX);
  const few = count === 1 ? 'A field is not as it must be.' : `${String(count)} fields are not as they must be.`;
  const detail =
    count > ERRORS_MAX ? `More than ${most} fields are not as they must be. These are the first ${most}.` : few;
  return new ProblemError(problem('invalid_request', detail, { errors: errors.slice(0, ERRORS_MAX) }));
}
