import { accountKey, type AccountRef, type Command, type CommandType, type ObjectRef } from '#ledger';

interface Refs {
  readonly account?: AccountRef;
  readonly authorization?: ObjectRef;
  readonly grant?: ObjectRef;
  readonly purchase?: ObjectRef;
  readonly items?: readonly Refs[];
}

/** The same command, about the accounts and objects of another environment. */
export function inEnvironment<T extends CommandType>(environment: string, command: Command<T>): Command<T> {
  return moved(environment, command) as Command<T>;
}

function moved(environment: string, refs: Refs): Refs {
  const { account, authorization, grant, purchase, items } = refs;
  return {
    ...refs,
    ...(account && { account: { environment, id: account.id, key: accountKey(environment, account.id) } }),
    ...(authorization && { authorization: { ...authorization, environment } }),
    ...(grant && { grant: { ...grant, environment } }),
    ...(purchase && { purchase: { ...purchase, environment } }),
    ...(items && { items: items.map((item) => moved(environment, item)) }),
  };
}
