import { publicId } from '#ledger';
import { larger, smaller, text, units, type Units } from '../../model/units.ts';
import type { AuthorizationView } from '../../support/views.ts';
import type { CommittedTransaction, CounterRow, RememberedAnswer } from './decision-journal.ts';
import type { Answered } from './limited-clients.ts';
import { SpendingWindow, type Total } from './spending-window.ts';

export interface LimitsInForce {
  /** Of each account, per user and day; `null` where there is none. */
  readonly perUser: Units | null;
  /** Of each account, for all of time. */
  readonly perAccount: Units | null;
  /** Of the key, over all accounts. */
  readonly ofKey: Units;
  /** What each account had before. */
  readonly credits: Units;
}

/** How a limit's refusals may lag behind: what was known of it is remembered for a second. */
const REMEMBERED_MS = 1000;

interface Standing {
  readonly held: Units;
  readonly committed: Units;
  readonly refunded: Units;
}

interface Decline {
  readonly code: string;
  readonly name?: string;
  readonly required: string;
  readonly spent: string;
  readonly held: string;
}

const NOTHING: Standing = { held: 0n, committed: 0n, refunded: 0n };
/** As many are told at most. */
const FAULTS_MAX = 20;

/**
 * What was used and reserved of each limit after each decision, worked out from the answers in the order in which they were decided.
 * Whatever a limit doesn't allow for is a fault.
 */
export class RecomputedLimits {
  readonly faults: string[] = [];
  private readonly standings = new Map<string, Standing>();
  /** How many decisions, by what was asked or by why it was refused. */
  readonly counts = new Map<string, number>();
  /** The most that was left of the key's limit when it refused what would have had room. */
  refusedTooEarly = 0n;
  /** What commits took beyond their holds. */
  beyondHolds = 0n;
  /** How many answers were found. */
  decisions = 0;
  private readonly windows = new Map<string, SpendingWindow>();
  private readonly windowsOf = new Map<string, readonly SpendingWindow[]>();
  private readonly accountOf = new Map<string, string>();
  private readonly balances = new Map<string, { posted: Units; held: Units }>();
  /** What was left of the key's limit lately, and when. */
  private readonly lately: { readonly at: number; readonly left: Units }[] = [];
  private readonly granted = new Map<string, Units>();
  private grantedOfKey = 0n;
  /** What is used and reserved of the key's limit, by all accounts. */
  readonly ofKey: Total = { taken: 0n, authorized: 0n };
  /** When what is looked at was committed. */
  private at = 0;

  constructor(
    private readonly limits: LimitsInForce,
    private readonly answered: ReadonlyMap<string, Answered>,
  ) {}

  enter({ at, lapsed, answers, counters }: CommittedTransaction): void {
    this.at = at;
    for (const id of lapsed) this.lapse(publicId('authorization', id));
    const known = answers.filter(({ key }) => this.answered.has(key));
    for (const { body } of known) {
      const { id, late } = JSON.parse(body) as Partial<AuthorizationView>;
      // It lapsed in the same transaction.
      if (late && id !== undefined) this.lapse(id);
    }
    for (const ofAccount of Map.groupBy(known, ({ key }) => this.answered.get(key)?.account).values()) {
      this.enterAnswers(ofAccount);
    }
    for (const row of counters) this.compare(row);
  }

  /** What was decided on one account. Answers to refunds are kept for good, in a table of their own: their figures say where they belong. */
  private enterAnswers(answers: readonly RememberedAnswer[]): void {
    const isRefund = ({ key }: RememberedAnswer): boolean => this.answered.get(key)?.kind === 'refund';
    const refunds = answers.filter(isRefund);
    for (const answer of answers.filter((one) => !isRefund(one))) {
      while (!this.follows(answer) && refunds.length > 0) this.decided(refunds.shift());
      this.decided(answer);
    }
    for (const refund of refunds) this.decided(refund);
  }

  /** The furthest that commits have taken a budget beyond its limit. */
  get largestOverrun(): Units {
    return [...this.windows.values()].reduce((most, { overrun }) => larger(most, overrun), 0n);
  }

  /** What was moved for each authorization that anything was committed of, less what was refunded. */
  get moved(): Record<string, string> {
    const some = [...this.standings].filter(([, { committed }]) => committed > 0n);
    return Object.fromEntries(some.map(([id, { committed, refunded }]) => [id, text(committed - refunded)]));
  }

  private window(kind: 'user' | 'account' | 'share', ...place: readonly string[]): SpendingWindow {
    const name = [kind, ...place].join(' ');
    const limit = { user: this.limits.perUser, account: this.limits.perAccount, share: null }[kind];
    let window = this.windows.get(name);
    const total = kind === 'share' ? this.ofKey : undefined;
    if (!window) this.windows.set(name, (window = new SpendingWindow(name, limit, total)));
    return window;
  }

  private decided(remembered: RememberedAnswer | undefined): void {
    const asked = remembered && this.answered.get(remembered.key);
    if (!asked) return;
    this.decisions += 1;
    if (asked.answer.text !== remembered.body) this.fault(`${remembered.body} was answered as ${asked.answer.text}`);
    if (!this.follows(remembered)) this.fault(`what was there before doesn’t lead to ${remembered.body}`);
    if (remembered.status === 402) this.declined(asked, JSON.parse(remembered.body) as Decline);
    else this.approved(asked, JSON.parse(remembered.body) as AuthorizationView);
    this.lately.push({ at: this.at, left: this.limits.ofKey - this.ofKey.taken });
  }

  /** Whether an answer tells the figures of right now. */
  private follows({ key, status, body }: RememberedAnswer): boolean {
    const asked = this.answered.get(key);
    if (!asked) return true;
    if (status === 402) {
      const { code, name, spent, held } = JSON.parse(body) as Decline;
      if (code !== 'budget_exceeded') return true;
      const { used, reserved } = this.budgetWindow(asked, name);
      return used === units(spent) && reserved === units(held) + this.ownHold(asked);
    }
    const { id, balance, ...view } = JSON.parse(body) as AuthorizationView;
    const { posted, held } = this.balanceOf(asked.account);
    const { used, reserved } = moved(this.standings.get(id) ?? NOTHING, standingOf(view));
    return units(balance.posted) === posted - used && units(balance.held) === held + reserved;
  }

  /** What the hold that is to be extended has reserved already: waiting doesn't bring that back, so it isn't told. */
  private ownHold({ kind, path }: Answered): Units {
    const [, , , id = ''] = path.split('/');
    return kind === 'extend' ? (this.standings.get(id)?.held ?? 0n) : 0n;
  }

  private approved(asked: Answered, view: AuthorizationView): void {
    const { kind, account } = asked;
    const before = this.standings.get(view.id);
    if (!before) this.windowsOf.set(view.id, this.windowsFor(asked, view.created_at));
    const by = this.move(view.id, account, standingOf(view));
    const windows = this.windowsOf.get(view.id) ?? [];
    this.count(kind);
    if (kind === 'commit') {
      const beyond = larger(by.used + by.reserved, 0n);
      this.beyondHolds += beyond;
      for (const window of windows) window.takeBeyondHold(beyond);
    } else if (kind === 'refund') for (const window of windows) window.giveBack(-by.used);
    else if (kind !== 'void')
      for (const window of windows) if (!hasRoom(window, 0n)) this.fault(`${window.name} had no room for ${view.id}`);
    for (const { name, limit, authorized } of windows) {
      if (limit !== null && authorized > limit) this.fault(`${text(authorized)} are authorized of ${name}`);
    }
    if (this.ofKey.authorized > this.limits.ofKey)
      this.fault(`more is authorized than the key may spend, with ${view.id}`);
  }

  private declined(asked: Answered, { code, name, ...decline }: Decline): void {
    const required = units(decline.required);
    const windows = this.budgetWindows(asked);
    this.count(name === undefined ? code : `${code} ${name}`);
    if (code === 'budget_exceeded') {
      if (hasRoom(this.budgetWindow(asked, name), required)) this.fault(`${name ?? ''} had room for ${text(required)}`);
    } else if (code === 'key_limit_exceeded' && asked.isLimited) {
      const short = windows.find((window) => !hasRoom(window, required));
      if (short) this.fault(`${short.name} had no room and the key’s limit was named`);
      const left = this.leastLeft();
      if (required <= left) this.refusedTooEarly = larger(this.refusedTooEarly, left);
    } else this.fault(`nothing predicts ${code}`);
  }

  /** The least that was left of the key's limit in the second before, when it may have been looked at. */
  private leastLeft(): Units {
    let least = this.limits.ofKey - this.ofKey.taken;
    for (let index = this.lately.length - 1; index >= 0; index -= 1) {
      const { at, left } = this.lately[index] ?? { at: 0, left: least };
      least = smaller(least, left);
      if (at < this.at - REMEMBERED_MS) break;
    }
    return least;
  }

  private lapse(id: string): void {
    const standing = this.standings.get(id);
    const [window] = this.windowsOf.get(id) ?? [];
    if (!standing || !window || standing.held === 0n) return;
    this.move(id, this.accountOf.get(id) ?? '', { ...standing, held: 0n });
    this.count('lapse');
  }

  private move(id: string, account: string, after: Standing): { used: Units; reserved: Units } {
    const by = moved(this.standings.get(id) ?? NOTHING, after);
    this.standings.set(id, after);
    this.accountOf.set(id, account);
    const balance = this.balanceOf(account);
    balance.posted -= by.used;
    balance.held += by.reserved;
    for (const window of this.windowsOf.get(id) ?? []) window.move(by);
    return by;
  }

  private compare({ account, kind, name, value, windowStart, ...row }: CounterRow): void {
    if (!this.balances.has(account)) return;
    const day = new Date(windowStart).toISOString().slice(0, 10);
    const window =
      kind === 'share'
        ? this.window('share', account)
        : value === null
          ? this.window('account', account)
          : this.window('user', account, value, day);
    const counted = [row.used, row.reserved, ...(kind === 'budget' ? [row.overrun] : [])].join(' ');
    const expected = [window.used, window.reserved, ...(kind === 'budget' ? [window.overrun] : [])].map(text).join(' ');
    if (trimmed(counted) !== expected)
      this.fault(`${window.name} counts ${counted}, not ${expected} (${name ?? kind})`);
    if (kind !== 'share') return;
    const granted = units(row.granted ?? '0');
    this.grantedOfKey += granted - (this.granted.get(account) ?? 0n);
    this.granted.set(account, granted);
    if (this.grantedOfKey > this.limits.ofKey)
      this.fault(`accounts may spend ${text(this.grantedOfKey)} of the key’s limit`);
  }

  private windowsFor(asked: Answered, createdAt: string): readonly SpendingWindow[] {
    const shares = asked.isLimited ? [this.window('share', asked.account)] : [];
    return [...this.budgetWindows(asked, createdAt), ...shares];
  }

  private budgetWindows(
    { account, user }: Answered,
    createdAt = new Date(this.at).toISOString(),
  ): readonly SpendingWindow[] {
    return [
      ...(this.limits.perUser === null ? [] : [this.window('user', account, user, createdAt.slice(0, 10))]),
      ...(this.limits.perAccount === null ? [] : [this.window('account', account)]),
    ];
  }

  private budgetWindow(asked: Answered, name: string | undefined): SpendingWindow {
    return name === 'account'
      ? this.window('account', asked.account)
      : this.window('user', asked.account, asked.user, new Date(this.at).toISOString().slice(0, 10));
  }

  private balanceOf(account: string): { posted: Units; held: Units } {
    let balance = this.balances.get(account);
    if (!balance) this.balances.set(account, (balance = { posted: this.limits.credits, held: 0n }));
    return balance;
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  private fault(what: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push(what);
  }
}

function hasRoom({ limit, taken }: SpendingWindow, required: Units): boolean {
  return limit === null || required <= limit - taken;
}

function standingOf({
  held,
  committed,
  refunded,
}: Pick<AuthorizationView, 'held' | 'committed' | 'refunded'>): Standing {
  return { held: units(held), committed: units(committed), refunded: units(refunded) };
}

function moved(before: Standing, after: Standing): { used: Units; reserved: Units } {
  return {
    used: after.committed - after.refunded - before.committed + before.refunded,
    reserved: after.held - before.held,
  };
}

/** Amounts of Postgres without their trailing zeros. */
function trimmed(amounts: string): string {
  return amounts
    .split(' ')
    .map((amount) => text(units(amount)))
    .join(' ');
}
