import type { Json, JsonObject } from '#amounts';
import { statedQuantities, type Usage } from '../usage.ts';
import { freeOfCharge, isAnnouncement } from './free-of-charge.ts';
import { type Effort, type Piece, PIECES_MAX, takeApart } from './pieces.ts';
import type { Draft, ReadContext, Shape } from './shape.ts';
import { usageOfDraft } from './usage-of-draft.ts';
import type { VendorCost } from './vendor-cost.ts';
import { lookedFor, providerOf, shapesOf } from './vendors.ts';

/** Usage as a vendor reports it. */
export interface VendorAnswer {
  readonly vendor: string;
  /** Its usage object, its answer, a batch's lines or object, `{headers, body}`, or the events of a stream. */
  readonly raw: Json;
  /** In place of the model that the answer names; other models that took part keep their names. */
  readonly model?: string;
  /** In place of the event that follows from the kind of answer. */
  readonly event?: string;
  /** Added to those that the answer gives, and stronger. */
  readonly properties?: JsonObject;
}

export type NormalizedUsage =
  | {
      readonly ok: true;
      /** Empty where there is nothing to charge. */
      readonly usage: readonly Usage[];
      /** What the vendor says that each usage costs; `null` where it doesn't. */
      readonly vendorCosts: readonly (VendorCost | null)[];
      /** In words: what the answer didn't say for certain, and what was made of it. */
      readonly assumed: readonly string[];
      /** Why some of it is unknown; `null` where all of it says what was used. */
      readonly unknown: string | null;
    }
  /** No usage was found, which is unknown, and never zero. */
  | { readonly ok: false; readonly reason: string };

interface ReadPiece {
  readonly draft: Draft;
  readonly batch: boolean;
}

/** What is kept within an answer is tried by every shape again. */
const WITHIN_EFFORT = 25;

/** As many are named that can't be read. */
const NAMES_MAX = 10;

const TOO_MANY: NormalizedUsage = {
  ok: false,
  reason: `has more than ${PIECES_MAX} objects: it is unknown what they say`,
};

/**
 * Reads a vendor's answer in our vocabulary of usage. An answer of several models gives several usages.
 *
 * @param apart what was sent, where it is taken apart already
 */
export function normalize(answer: VendorAnswer, apart = takeApart(answer.raw)): NormalizedUsage {
  const vendor = answer.vendor.toLowerCase();
  const { pieces, isCut, effort } = apart;
  if (isCut) return TOO_MANY;
  const claims = claimed(pieces, vendor);
  const read = [...claims].flatMap(([shape, own]) => readPieces(shape, own, contextOf(pieces, vendor, effort)));
  if (read.length > PIECES_MAX || effort.left <= 0) return TOO_MANY;
  if (read.length === 0) return nothingRead(vendor, pieces, claims.size > 0);
  const usages = read.map(({ draft, batch }) => {
    const { usage, assumed, unreadable } = usageOfDraft(draft, {
      event: (draft.aside !== true && answer.event) || draft.event,
      model: (draft.aside !== true && answer.model) || draft.model,
      provider: providerOf(vendor, draft.provider),
      properties: { ...draft.properties, ...(batch && { batch: true }), ...answer.properties },
    });
    return { usage, cost: draft.cost ?? null, assumed: [...(draft.assumed ?? []), ...assumed], unreadable };
  });
  const known = usages.filter(({ usage, unreadable }) => unreadable.length === 0 || statedQuantities(usage).length > 0);
  const lines = restOfBatch(pieces, claims);
  const unknown = [...unreadableCounts(usages.flatMap(({ unreadable }) => unreadable)), ...lines.unknown];
  return {
    ok: true,
    usage: known.map(({ usage }) => usage),
    vendorCosts: known.map(({ cost }) => cost),
    assumed: [...new Set([...usages.flatMap(({ assumed }) => assumed), ...lines.assumed, ...unknown])],
    unknown: unknown.length > 0 ? unknown.join('; ') : null,
  };
}

function unreadableCounts(names: readonly string[]): readonly string[] {
  const all = [...new Set(names)].slice(0, NAMES_MAX);
  return all.length > 0 ? [`${all.join(', ')} can’t be read: how much was used is unknown`] : [];
}

/** The pieces that say usage, each by the first shape that claims it. */
function claimed(pieces: readonly Piece[], vendor: string): ReadonlyMap<Shape, readonly Piece[]> {
  const shapes = shapesOf(vendor);
  const claims = new Map<Shape, Piece[]>();
  for (const piece of pieces) {
    const shape = shapes.find((each) => each.claims(piece));
    if (!shape) continue;
    const own = claims.get(shape);
    if (own) own.push(piece);
    else claims.set(shape, [piece]);
  }
  return claims;
}

/** The lines of a batch are answers of their own, and the events of a stream one together. */
function readPieces(shape: Shape, pieces: readonly Piece[], context: ReadContext): readonly ReadPiece[] {
  const lines = pieces.filter(({ batch }) => batch);
  const others = pieces.filter(({ batch }) => !batch);
  return [
    ...lines.flatMap((line) =>
      shape.read([line], { ...context, all: [line] }).map((draft) => ({ draft, batch: true })),
    ),
    ...(others.length > 0 ? shape.read(others, context).map((draft) => ({ draft, batch: false })) : []),
  ];
}

function contextOf(all: readonly Piece[], vendor: string, effort: Effort): ReadContext {
  return {
    vendor,
    all,
    readWithin: (raw, within) => {
      if (effort.left <= 0) return [];
      effort.left -= WITHIN_EFFORT;
      const { pieces } = takeApart(raw, effort);
      return [...claimed(pieces, within)].flatMap(([shape, own]) => shape.read(own, contextOf(pieces, within, effort)));
    },
  };
}

function nothingRead(vendor: string, pieces: readonly Piece[], isClaimed: boolean): NormalizedUsage {
  const reasons = pieces.filter((piece) => !isAnnouncement(piece)).map(freeOfCharge);
  const known = reasons.filter((reason) => reason !== null);
  if (!isClaimed && known.length > 0 && known.length === reasons.length) {
    return { ok: true, usage: [], vendorCosts: [], assumed: [...new Set(known)], unknown: null };
  }
  if (pieces.length === 0) return { ok: false, reason: 'has no JSON object in it, so what was used is unknown' };
  return { ok: false, reason: `has no usage in it, which is unknown and not zero; looked for ${lookedFor(vendor)}` };
}

/** What the lines of a batch say that say nothing of usage. */
function restOfBatch(
  pieces: readonly Piece[],
  claims: ReadonlyMap<Shape, readonly Piece[]>,
): { readonly assumed: readonly string[]; readonly unknown: readonly string[] } {
  const read = new Set([...claims.values()].flat());
  const left = pieces.filter((piece) => piece.batch && !read.has(piece));
  const failed = left.filter((piece) => freeOfCharge(piece) !== null).length;
  const silent = left.length - failed;
  return {
    assumed: failed > 0 ? [`${failed} of the batch’s lines failed: nothing to charge for them`] : [],
    unknown: silent > 0 ? [`${silent} of the batch’s lines have no usage: what they cost is unknown`] : [],
  };
}
