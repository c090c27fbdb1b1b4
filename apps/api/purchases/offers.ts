import { Amount } from '#amounts';
import { publicId, type Offer, type ProviderName } from '#ledger';
import { CreditPackages, Settings, type CreditPackage } from '#ledger-store';
import { minorUnits } from '#payments';
import { Injectable } from '@nestjs/common';
import { EXPIRES_AFTER_DEFAULT, PRIORITY_DEFAULT } from '../credit-packages/credit-package.body.ts';
import {
  creditPackageArchived,
  creditPackageIdOrNotFound,
  creditPackageNotFound,
} from '../credit-packages/credit-package-ref.ts';
import { problem, ProblemError } from '../problems/problem.ts';

/** What a credit costs by the provider for tests, where nobody has set a price. */
const TEST_PRICE = { pricePerCredit: new Amount('0.01'), currency: 'USD' };

/** What credits cost at the moment. */
@Injectable()
export class Offers {
  constructor(
    private readonly packages: CreditPackages,
    private readonly settings: Settings,
  ) {}

  /**
   * Credits at the environment's price.
   *
   * @throws {ProblemError} `no_credit_price`
   */
  ofCredits(environment: string, provider: ProviderName): Offer {
    const { pricePerCredit, currency } = this.settings.of(environment);
    const set = pricePerCredit === null ? null : { pricePerCredit, currency };
    const price = set ?? (provider === 'test' ? TEST_PRICE : null);
    if (price === null) throw noCreditPrice(environment);
    return {
      package: null,
      price: null,
      ...price,
      minorUnit: leastCharge(price.currency),
      expiresAfterMs: EXPIRES_AFTER_DEFAULT * 1000,
      priority: PRIORITY_DEFAULT,
    };
  }

  /**
   * A package at its price.
   *
   * @param id its public id
   * @throws {ProblemError} `credit_package_not_found`, `credit_package_archived`
   */
  async ofPackage(
    environment: string,
    id: string,
  ): Promise<{ readonly offer: Offer; readonly creditPackage: CreditPackage }> {
    const found = await this.packages.find(environment, creditPackageIdOrNotFound(id));
    if (!found) throw creditPackageNotFound(id);
    if (found.archivedAt !== null) throw creditPackageArchived(publicId('creditPackage', found.id));
    const { price, currency, expiresAfterSeconds, priority } = found;
    const expiresAfterMs = expiresAfterSeconds === null ? null : expiresAfterSeconds * 1000;
    const minorUnit = leastCharge(currency);
    const offer = { package: found.id, pricePerCredit: null, price, currency, minorUnit, expiresAfterMs, priority };
    return { offer, creditPackage: found };
  }
}

/** The least that can be charged in a currency. */
export function leastCharge(currency: string): Amount {
  const cent = new Amount('0.01');
  return minorUnits(cent, currency).fault === null ? cent : new Amount(1);
}

function noCreditPrice(environment: string): ProblemError {
  const detail = `The environment ${environment} has no price per credit. Set one with PUT /v1/settings, or name a package.`;
  return new ProblemError(problem('no_credit_price', detail));
}
