import { orDash, precise } from './format.ts';
import type { RatioResult } from './ratios.ts';
import { textTable } from './text-table.ts';

interface CheckedVersion {
  readonly version: string;
  readonly checks: readonly RatioResult[];
}

/** One line for each check, with what every version reached: before → now. */
export function formatChecks(versions: readonly string[], outcomes: readonly CheckedVersion[]): string {
  const names = [...new Set(outcomes.flatMap(({ checks }) => checks.map(({ name }) => name)))];
  const head = ['', ...versions.flatMap((version) => [version, 'min–max']), 'wanted', ''];
  return textTable([head, ...names.map((name) => lineOf(name, versions, outcomes))]);
}

function lineOf(name: string, versions: readonly string[], outcomes: readonly CheckedVersion[]): string[] {
  const found = versions.map((version) => {
    const checks = outcomes.filter((outcome) => outcome.version === version).flatMap(({ checks }) => checks);
    return checks.find((check) => check.name === name) ?? null;
  });
  const now = found.at(-1) ?? null;
  return [name, ...found.flatMap(figures), boundOf(now), verdictOf(now)];
}

function figures(check: RatioResult | null): string[] {
  if (!check) return ['–', ''];
  const { value, min, max } = check;
  return [orDash(value, precise), min === null || max === null ? '' : `${precise(min)}–${precise(max)}`];
}

function boundOf(check: RatioResult | null): string {
  if (!check) return '';
  const { at_least, at_most } = check;
  return [at_least === null ? [] : [`≥ ${at_least}`], at_most === null ? [] : [`≤ ${at_most}`]].flat().join(', ');
}

/** Of the last version: it is what is to be good. */
function verdictOf(check: RatioResult | null): string {
  if (check?.value === undefined || check.value === null) return 'not measured';
  if (check.reached === null) return '';
  return check.reached ? 'reached' : 'NOT REACHED';
}
