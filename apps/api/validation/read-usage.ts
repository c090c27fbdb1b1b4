import type { JsonObject } from '#amounts';
import { type Effort, fullEffort, keptRaw, normalize, takeApart, type Usage, type VendorCost } from '#pricing';
import type { Fault } from './faults-of.ts';
import { isVendorUsage, USAGES_READ_MAX, type UsageInput } from './usage.ts';

/** What is kept of the vendors' answers in one request, as JSON. */
const RAW_BYTES_MAX = 64 * 1024;

/** Usage as it was sent, in our vocabulary. */
export interface ReadUsage {
  /** In the order sent. A vendor's answer may give several usages, or none where nothing is to be charged. */
  readonly usage: readonly Usage[];
  /** What the vendor says that each of them costs; `null` where it doesn't say. */
  readonly vendorCosts: readonly (VendorCost | null)[];
  /** In words, what the vendors' answers didn't say for certain. */
  readonly assumed: readonly string[];
  /** The usage part of the vendors' own answers, and what was assumed; `null` where none was sent. */
  readonly raw: JsonObject | null;
  /** Answers in which no usage was found: what they cost is unknown, and not zero. */
  readonly unreadable: readonly Fault[];
  /** Whether something was sent that says nothing of usage. */
  readonly isUnknown: boolean;
  /** Whether something was sent that says that nothing is to be charged. */
  readonly isFree: boolean;
}

/**
 * @param sent the field `usage` of a body, which `IsUsage` has checked
 * @param effort what reading it may take; the items of a batch share it
 */
export function readUsage(
  sent: UsageInput | readonly UsageInput[] | null | undefined,
  effort: Effort = fullEffort(),
): ReadUsage {
  if (!sent) return NOTHING_SENT;
  const list: readonly UsageInput[] = Array.isArray(sent) ? sent : [sent as UsageInput];
  if (list.every(isOwnUsage)) return ownUsage(list);
  const bytesEach = Math.floor(RAW_BYTES_MAX / list.filter(isVendorUsage).length);
  const each = list.map((one, index) =>
    readOne(one, Array.isArray(sent) ? `usage.${index}.raw` : 'usage.raw', { bytesEach, effort }),
  );
  const read = inBounds(each);
  const usage = read.flatMap((one) => one.usage);
  const unreadable = read.flatMap((one) => one.unreadable);
  const assumed = [...new Set(read.flatMap((one) => one.assumed))];
  return {
    usage,
    vendorCosts: read.flatMap((one) => one.vendorCosts),
    assumed,
    raw: rawOf(
      each.flatMap(({ answer }) => (answer ? [answer] : [])),
      assumed,
    ),
    unreadable,
    isUnknown: unreadable.length > 0,
    isFree: list.length > 0 && usage.length === 0 && unreadable.length === 0,
  };
}

const NOTHING_SENT: ReadUsage = {
  usage: [],
  vendorCosts: [],
  assumed: [],
  raw: null,
  unreadable: [],
  isUnknown: false,
  isFree: false,
};

function isOwnUsage(one: UsageInput): one is Usage {
  return !isVendorUsage(one);
}

/** In our vocabulary there is nothing to read. Nearly every request has such usage or none. */
function ownUsage(usage: readonly Usage[]): ReadUsage {
  return {
    usage,
    vendorCosts: usage.map(() => null),
    assumed: [],
    raw: null,
    unreadable: [],
    isUnknown: false,
    isFree: false,
  };
}

interface ReadOne extends Pick<ReadUsage, 'usage' | 'vendorCosts' | 'assumed' | 'unreadable'> {
  /** What is kept of a vendor's answer. */
  readonly answer: JsonObject | null;
}

const NOTHING_READ: ReadOne = { usage: [], vendorCosts: [], assumed: [], unreadable: [], answer: null };

interface ReadBounds {
  readonly bytesEach: number;
  readonly effort: Effort;
}

function readOne(sent: UsageInput, field: string, { bytesEach, effort }: ReadBounds): ReadOne {
  if (!isVendorUsage(sent)) return { ...NOTHING_READ, usage: [sent], vendorCosts: [null] };
  const apart = takeApart(sent.raw, effort);
  const answer = { vendor: sent.vendor, raw: keptRaw(apart.pieces, bytesEach) };
  const normalized = normalize(sent, apart);
  if (normalized.ok) {
    const { unknown, ...read } = normalized;
    return { ...read, unreadable: unknown === null ? [] : [{ field, message: unknown }], answer };
  }
  return { ...NOTHING_READ, unreadable: [{ field, message: normalized.reason }], answer };
}

/** A request has so many usages at most, however few answers give them. Of what is beyond, nobody says what it costs. */
function inBounds(read: readonly ReadOne[]): readonly ReadOne[] {
  const count = read.reduce((total, { usage }) => total + usage.length, 0);
  if (count <= USAGES_READ_MAX) return read;
  const message = `has ${count} usages in it, and may have ${USAGES_READ_MAX}: what the others cost is unknown unless you send them apart`;
  const [usage, vendorCosts] = [read.flatMap((one) => one.usage), read.flatMap((one) => one.vendorCosts)];
  return [
    ...read.map(({ answer, assumed, unreadable }) => ({ ...NOTHING_READ, answer, assumed, unreadable })),
    {
      ...NOTHING_READ,
      usage: usage.slice(0, USAGES_READ_MAX),
      vendorCosts: vendorCosts.slice(0, USAGES_READ_MAX),
      unreadable: [{ field: 'usage', message }],
    },
  ];
}

function rawOf(answers: readonly JsonObject[], assumed: readonly string[]): JsonObject | null {
  if (answers.length === 0) return null;
  return { answers, ...(assumed.length > 0 && { assumed }) };
}
