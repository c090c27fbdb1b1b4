import type { Answer } from '../support/api-client.ts';
import type { AuthorizationView, ItemView } from '../support/views.ts';
import * as requests from './requests.ts';
import type { Request } from './requests.ts';

/** How a client asks. */
export interface Asks {
  /** Asks with one key until it is answered. */
  readonly ask: (request: Request) => Promise<Answer>;
  /** Asks once and doesn't look whether anything came of it. */
  readonly askOnce: (request: Request) => Promise<void>;
  readonly read: (path: string) => Promise<Answer>;
}

/** Whose credits a client spends. */
export interface Customers {
  readonly own: string;
  /** Another client's own. */
  readonly other: string;
  /** Everybody's, with hardly any credits. */
  readonly poor: string;
}

type Step = (asks: Asks, customers: Customers) => Promise<unknown>;

/** More than the poor account ever has. */
const TOO_MUCH = '5';

/** Everything that moves credits, in turns; no step depends on another. */
export const MIX: readonly Step[] = [
  function chargeOnce({ ask }, { own }) {
    return ask(requests.charge({ account: own, amount: '0.25' }));
  },
  async function commitLessThanHeld(asks, { own }) {
    const hold = await authorized(asks, own, '3');
    await asks.ask(requests.commit(hold, '1.5'));
  },
  async function commitInParts(asks, { own }) {
    const hold = await authorized(asks, own, '3');
    await asks.ask(requests.commit(hold, '0.7', false));
    await asks.ask(requests.commit(hold, '0.000000000001', false));
    await asks.ask(requests.commit(hold, '2'));
  },
  async function commitMoreThanHeld(asks, { own }) {
    const hold = await authorized(asks, own, '0.1');
    await asks.ask(requests.commit(hold, '0.3'));
  },
  async function extendAndVoid(asks, { own }) {
    const hold = await authorized(asks, own, '2');
    await asks.ask(requests.extend(hold, '1.5'));
    await asks.ask(requests.voidHold(hold));
  },
  async function commitAllAndRefund(asks, { own }) {
    const hold = await authorized(asks, own, '1.000000000007');
    await asks.ask(requests.commit(hold));
    await asks.ask(requests.refund(hold, '0.4'));
    await asks.ask(requests.refund(hold));
  },
  async function holdAndCommitForTwo({ ask }, { own, other }) {
    const { body } = await ask(requests.authorizeBatch(both(own, other, '0.6')));
    const holds = (body as { items: ItemView[] }).items.flatMap(({ authorization }) => authorization ?? []);
    await ask(requests.commitBatch(holds, '0.35'));
  },
  function chargeTwoOrNone({ ask }, { own, poor }) {
    const items = [
      { account: own, amount: '0.8' },
      { account: poor, amount: TOO_MUCH },
    ];
    return ask(requests.chargeBatch('all_or_nothing', items, 402));
  },
  function chargeEachByItself({ ask }, { own, poor }) {
    const items = [
      { account: poor, amount: TOO_MUCH },
      { account: own, amount: '0.09' },
    ];
    return ask(requests.chargeBatch('independent', items, 200));
  },
  function chargeUntilNothingIsLeft({ ask }, { poor }) {
    return ask(requests.charge({ account: poor, amount: '0.01' }, [201, 402]));
  },
  async function giveUpAtTheFirstFault({ askOnce }, { own, other }) {
    await askOnce(requests.authorize({ account: own, amount: '0.02' }));
    await askOnce(requests.chargeBatch('all_or_nothing', both(own, other, '0.03'), 201));
  },
  function look({ read }, { own }) {
    return read(`/v1/accounts/${own}`);
  },
];

function both(own: string, other: string, amount: string): { account: string; amount: string }[] {
  return [own, other].map((account) => ({ account, amount }));
}

async function authorized({ ask }: Asks, account: string, amount: string): Promise<AuthorizationView> {
  return (await ask(requests.authorize({ account, amount }))).body as AuthorizationView;
}
