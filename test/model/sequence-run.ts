import type { Answer as ServiceAnswer } from '#ledger-store';
import { inShort, toldDifferences } from './compare.ts';
import { ModelMismatch } from './model-mismatch.ts';
import type { Names } from './names.ts';
import { learnRefills } from './refill-names.ts';
import type { ReferenceLedger } from './reference-ledger.ts';
import { ACCOUNTS, type AccountName, type RequestType, type Sent, type Told } from './requests.ts';
import type { Known } from './random-values.ts';
import type { Plan, Sequence } from './sequences.ts';
import { askService } from './service.ts';
import { learnNamesFrom, wordsOf } from './service-words.ts';
import type { World } from './world.ts';

/** What the service answered: in the reference's words, and to the letter. */
interface Answered extends Told {
  readonly body: string;
}

interface Numbered {
  readonly no: number;
  readonly sent: Sent;
}

/** What was asked when, and what the service said. */
interface Line extends Numbered {
  readonly at: number;
  readonly told: Told | null;
  /** Sent together with the line before or after. */
  readonly isOneOfSeveral: boolean;
}

/** What lets an account be refilled by itself. */
const REFILLING: readonly RequestType[] = ['set_topup', 'put_recurring', 'set_plan'];

/** One sequence on its way: asks the reference and the service, and compares what they say. */
export class SequenceRun {
  /** What may be: more than one as long as the answers fit several orders in which requests were decided. */
  references: readonly ReferenceLedger[];
  private readonly moves: { readonly at: number; readonly plans: readonly Plan[] }[];
  private readonly sent: Sent[] = [];
  private readonly bodies = new Map<string, string>();
  private readonly trace: Line[] = [];

  constructor(
    private readonly world: World,
    readonly names: Names,
    reference: ReferenceLedger,
    steps: Sequence,
  ) {
    this.references = [reference];
    let at = 0;
    this.moves = steps.map(({ wait, plans }) => ({ at: (at += wait), plans }));
    // Whatever time has done is booked when an account is next written.
    this.moves.push({ at, plans: ACCOUNTS.map((account) => () => touch(account)) });
  }

  /** When the next requests are to be sent; `null` where none are left. */
  get next(): number | null {
    return this.moves[0]?.at ?? null;
  }

  /** Sends everything that is due now, one step after the other. */
  async runMoment(now: number): Promise<void> {
    for (const reference of this.references) reference.advanceTo(now);
    while (this.moves[0]?.at === now) await this.takeStep(this.moves.shift()?.plans ?? []);
    for (const reference of this.references) reference.endMoment();
  }

  fail(differences: readonly string[]): never {
    throw new ModelMismatch(this.trace.map(inWriting), differences);
  }

  private async takeStep(plans: readonly Plan[]): Promise<void> {
    const known = this.known();
    const step = plans.map((plan, at): Numbered => ({ no: this.sent.length + at + 1, sent: plan(known) }));
    this.sent.push(...step.map(({ sent }) => sent));
    const answers = await Promise.all(step.map((one) => this.ask(one)));
    // What rules and time alone have made is named only where there may be any.
    if (this.sent.some(({ request }) => REFILLING.includes(request.type)))
      await learnRefills(this.world.pool, this.names);
    this.compare(step, this.inWords(step, answers));
  }

  private get reference(): ReferenceLedger {
    const [first] = this.references;
    if (!first) throw new Error('there is always a reference');
    return first;
  }

  private known(): Known {
    const { now, authorizations, grants, purchases, budgets, rules } = this.reference;
    const isOpen = ({ status }: { readonly status: string }): boolean =>
      status === 'authorized' || status === 'expired';
    return {
      now,
      open: authorizations.filter(isOpen).map(({ name }) => name),
      closed: authorizations.filter((one) => !isOpen(one)).map(({ name }) => name),
      // Those of periods that nobody has met yet can't be named.
      grants: grants.filter(({ name, period }) => !period?.isRolled && this.names.knows(name)).map(({ name }) => name),
      purchases: purchases.map(({ name }) => name),
      budgets,
      rules,
      sent: this.sent,
    };
  }

  private async ask(one: Numbered): Promise<ServiceAnswer> {
    try {
      const { request, key } = one.sent;
      if (request.type === 'limit_key') return await this.world.limitKey(this.names, request);
      return await askService(this.world.engineFor(one.no), this.names, { request, key });
    } catch (error) {
      this.write(one, null, false);
      return this.fail([reasonOf(error)]);
    }
  }

  private inWords(step: readonly Numbered[], answers: readonly ServiceAnswer[]): Answered[] {
    // What was made has the name of the request that made it, not of one that got the same answer again.
    for (const wanted of [false, true]) {
      answers.forEach(({ body, replayed }, at) => {
        if (replayed === wanted) learnNamesFrom(body, step[at]?.no ?? 0, this.names);
      });
    }
    return answers.map(({ body, replayed }) => ({ answer: wordsOf(body, this.names), replayed, body }));
  }

  /** What is sent at once may be decided in any order; the answers must be those of one of them. */
  private compare(step: readonly Numbered[], answers: readonly Answered[]): void {
    const fitting: ReferenceLedger[] = [];
    let closest: string[] | null = null;
    for (const before of this.references) {
      for (const order of ordersOf(step)) {
        const reference = step.length === 1 ? before : before.copy();
        const wrong = this.differencesIn(reference, order, step, answers);
        if (closest === null || wrong.length < closest.length) closest = wrong;
        if (wrong.length === 0) fitting.push(reference);
      }
    }
    step.forEach((one, at) => this.write(one, answers[at] ?? null, step.length > 1));
    if (fitting.length === 0) this.fail(closest ?? []);
    this.references = distinct(fitting);
    step.forEach(({ sent }, at) => {
      const told = answers[at];
      if (told && !told.replayed && sent.key !== null) this.bodies.set(JSON.stringify(sent), told.body);
    });
  }

  /** Lets the reference decide in an order. */
  private differencesIn(
    reference: ReferenceLedger,
    order: readonly Numbered[],
    step: readonly Numbered[],
    answers: readonly Answered[],
  ): string[] {
    const expected = new Map(
      order.map((one) => [one, reference.submit(one.sent, one.no, answers[step.indexOf(one)]?.answer ?? null)]),
    );
    return step.flatMap((one, at) => {
      const [wanted, told] = [expected.get(one), answers[at]];
      if (!wanted || !told) throw new Error('a request without an answer');
      const lines = [...toldDifferences(wanted, told), ...this.replayDifferences(told, one.sent)];
      return lines.map((line) => `${one.no}: ${line}`);
    });
  }

  /** A replay is the first answer, to the letter. */
  private replayDifferences({ replayed, body }: Answered, sent: Sent): string[] {
    if (!replayed) return [];
    const first = this.bodies.get(JSON.stringify(sent));
    return first === undefined || first === body ? [] : [`replay: expected ${first}, found ${body}`];
  }

  private write({ no, sent }: Numbered, told: Told | null, isOneOfSeveral: boolean): void {
    this.trace.push({ no, sent, told, isOneOfSeveral, at: this.reference.now });
  }
}

/** An error, and what has caused it. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause ? `${String(error)} ← ${reasonOf(error.cause)}` : String(error);
}

function inWriting({ no, at, sent: { request, key }, told, isOneOfSeveral }: Line): string {
  const { type, ...fields } = request;
  const asked = `${type} ${JSON.stringify(fields).replaceAll('"', '')}${key === null ? '' : ` [${key}]`}`;
  const answer = told === null ? 'no answer' : `${inShort(told.answer)}${told.replayed ? ' (replayed)' : ''}`;
  const time = `t+${at / 1000}s`.padEnd(10);
  return `${isOneOfSeveral ? '│' : ' '}${String(no).padStart(3)}  ${time} ${asked}\n        → ${answer}`;
}

function distinct(references: readonly ReferenceLedger[]): readonly ReferenceLedger[] {
  if (references.length === 1) return references;
  return Array.from(new Map(references.map((one) => [one.fingerprint(), one])).values());
}

function touch(account: AccountName): Sent {
  return { request: { type: 'set_account_status', account, status: 'active' }, key: null };
}

function* ordersOf<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= 1) yield items;
  for (const [at, first] of items.entries()) {
    if (items.length <= 1) return;
    for (const rest of ordersOf(items.toSpliced(at, 1))) yield [first, ...rest];
  }
}
