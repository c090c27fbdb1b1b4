import { formatAmount, type JsonObject } from '#amounts';
import type { Pool } from '#database';
import { newUuid, publicId } from '#ledger';
import { change, type ChangeAnswer, type Changed, type ChangeRequest } from '../change/change.ts';
import { isoTime } from '../iso-time.ts';
import { queryable } from '../queryable.ts';
import { attemptRead } from '../read/attempt-read.ts';
import type { Page, PageRequest } from '../read/page.ts';
import type { CreditPackage, CreditPackageChange, CreditPackageTerms } from './credit-package.ts';
import { findPackage, insertPackage, listPackages, lockPackage, updatePackage } from './credit-package-rows.ts';

/** `price_not_chargeable`: the price isn't one that can be charged in its currency. */
export type CreditPackageRefusal = 'credit_package_not_found' | 'price_not_chargeable';

type AnswerPackage = (shown: CreditPackage) => ChangeAnswer;

/**
 * The packages of credits that environments sell: managed by requests, each with its entry in the audit log. What was bought
 * keeps the terms that it was bought on.
 *
 * Every method throws {@link LedgerUnavailable} where the database isn't there or the outcome of a commit is unknown.
 */
export class CreditPackages {
  /** @param isChargeable whether a price can be charged in its currency */
  constructor(
    private readonly pool: Pool,
    private readonly isChargeable: (terms: CreditPackageTerms) => boolean,
  ) {}

  create(
    request: ChangeRequest,
    terms: CreditPackageTerms,
    answer: AnswerPackage,
  ): Promise<Changed<CreditPackageRefusal>> {
    return change<CreditPackageRefusal>(this.pool, request, async (database) => {
      if (!this.isChargeable(terms)) return { ok: false, refusal: 'price_not_chargeable' };
      const { environment, actor } = request;
      const made = await insertPackage(database, {
        ...terms,
        id: newUuid(Date.now()),
        environment,
        createdBy: actor.keyId,
      });
      return { ok: true, answer: answer(made), audited: [auditedChange(made, null)] };
    });
  }

  /** Changes what is given of it, for purchases to come. */
  update(
    request: ChangeRequest,
    id: string,
    { terms, archived }: CreditPackageChange,
    answer: AnswerPackage,
  ): Promise<Changed<CreditPackageRefusal>> {
    return change<CreditPackageRefusal>(this.pool, request, async (database) => {
      const before = await lockPackage(database, request.environment, id);
      if (!before) return { ok: false, refusal: 'credit_package_not_found' };
      const wanted = { ...before, ...terms };
      if (!this.isChargeable(wanted)) return { ok: false, refusal: 'price_not_chargeable' };
      const after = await updatePackage(database, wanted, archived ?? before.archivedAt !== null);
      const isChanged = JSON.stringify(auditView(before)) !== JSON.stringify(auditView(after));
      return { ok: true, answer: answer(after), audited: isChanged ? [auditedChange(after, before)] : [] };
    });
  }

  find(environment: string, id: string): Promise<CreditPackage | null> {
    return attemptRead(() => findPackage(queryable(this.pool), environment, id));
  }

  list(environment: string, page: PageRequest): Promise<Page<CreditPackage>> {
    return attemptRead(() => listPackages(queryable(this.pool), environment, page));
  }
}

function auditedChange(after: CreditPackage, before: CreditPackage | null) {
  return {
    environment: after.environment,
    object: publicId('creditPackage', after.id),
    before: before && auditView(before),
    after: auditView(after),
  };
}

function auditView(shown: CreditPackage): JsonObject {
  return {
    name: shown.name,
    credits: formatAmount(shown.credits),
    bonus_credits: formatAmount(shown.bonusCredits),
    price: formatAmount(shown.price),
    currency: shown.currency,
    expires_after: shown.expiresAfterSeconds,
    priority: shown.priority,
    archived_at: shown.archivedAt === null ? null : isoTime(shown.archivedAt),
  };
}
