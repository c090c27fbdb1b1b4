import { parsePublicId } from '#ledger';
import { problem, ProblemError } from '../problems/problem.ts';

/** @throws {ProblemError} `credit_package_not_found` for what is no id of a package */
export function creditPackageIdOrNotFound(id: string): string {
  const uuid = parsePublicId('creditPackage', id);
  if (uuid === null) throw creditPackageNotFound(id);
  return uuid;
}

export function creditPackageNotFound(creditPackage: string): ProblemError {
  const detail = `This environment has no credit package with the id ${creditPackage}.`;
  return new ProblemError(problem('credit_package_not_found', detail, { package: creditPackage }));
}

export function creditPackageArchived(creditPackage: string): ProblemError {
  const detail = `The credit package ${creditPackage} is archived: it is sold no longer.`;
  return new ProblemError(problem('credit_package_archived', detail, { package: creditPackage }));
}
