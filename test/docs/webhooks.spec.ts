import { EVENT_TYPES } from '#webhooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect as connectTo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import ts from 'typescript';
import { root } from '../support/build.ts';

/** A row of a table whose first cell is a name. */
const ROW = /^\| `([a-z_.]+)` *\| ([^|]*?) *\| ([^|]*?) *\|$/gm;
const NAME = /`([a-z_]+)`/g;

let text: string;
beforeAll(async () => {
  text = await readFile(`${root}/docs/webhooks.md`, 'utf8');
});

/** What the source says of every event: the names of its fields, by type. */
function fieldsByType(): Record<string, string[]> {
  const files = ['libs/ledger/events.ts', 'libs/webhooks/event-types.ts'].map((file) => `${root}/${file}`);
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ['source'],
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const fields: Record<string, string[]> = {};
  for (const source of files.map((file) => program.getSourceFile(file))) {
    source?.forEachChild((node) => {
      if (!ts.isInterfaceDeclaration(node) || !/^(Ledger|Limit|Endpoint|Period)Events$/.test(node.name.text)) return;
      for (const event of checker.getTypeAtLocation(node).getProperties()) {
        fields[event.name] = checker
          .getTypeOfSymbol(event)
          .getProperties()
          .map(({ name }) => name);
      }
    });
  }
  return fields;
}

describe('docs/webhooks.md', () => {
  it('lists every type of event with the fields that its type has, and explains each field', () => {
    const real = fieldsByType();
    expect(Object.keys(real).sort()).toEqual([...EVENT_TYPES].sort());
    const rows = [...text.matchAll(ROW)].map(([, name = '', cell = '']) => ({ name, cell }));
    const types = rows.filter(({ name }) => name.includes('.'));
    const told = types.map(({ name, cell }) => [name, [...cell.matchAll(NAME)].map(([, field]) => field).sort()]);
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(Object.entries(real).map(([name, fields]) => [name, [...fields].sort()])),
    );
    const explained = rows.filter(({ name }) => !name.includes('.')).map(({ name }) => name);
    const used = new Set(['account', 'sequence', 'balance', ...Object.values(real).flat()]);
    expect(explained.sort()).toEqual([...used].sort());
  });
});

describe('the receiver in docs/webhooks.md', () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  let receiver: ChildProcess;
  let output = '';

  beforeAll(async () => {
    const [, program = ''] = /```js\n(.*?)```/s.exec(text) ?? [];
    receiver = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { WEBHOOK_SECRET: secret, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    receiver.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    while (!(await isListening(port))) await sleep(20);
  });
  afterAll(() => {
    receiver.kill();
  });

  function send(id: string, sequence: number, signedWith = secret): Promise<number> {
    const balance = { posted: '5', held: '0', available: String(sequence), unit: 'x' };
    return sendEvent(id, { type: 'balance.low', data: { account: 'acme', sequence, balance } }, signedWith);
  }

  async function sendEvent(id: string, event: { type: string; data: object }, signedWith = secret): Promise<number> {
    const body = JSON.stringify({ ...event, timestamp: new Date().toISOString() });
    const now = new Date();
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(signedWith).sign(id, now, body),
    };
    return (await fetch(`http://127.0.0.1:${String(port)}/`, { method: 'POST', headers, body })).status;
  }

  it('takes what is signed, and drops what it has and what is stale', async () => {
    expect(await send('evt_1', 1)).toBe(204);
    expect(await send('evt_3', 3)).toBe(204);
    expect(await send('evt_3', 3)).toBe(204);
    expect(await send('evt_2', 2)).toBe(204);
    expect(await send('evt_4', 4, `whsec_${randomBytes(32).toString('base64')}`)).toBe(401);
    expect(output).toBe('balance.low acme 1\nbalance.low acme 3\n');
  });

  it('shows a test event, which belongs to no account', async () => {
    output = '';
    const event = { type: 'webhook_endpoint.test', data: { endpoint: 'whe_1' } };
    expect(await sendEvent('evt_5', event)).toBe(204);
    expect(output).toBe('webhook_endpoint.test whe_1\n');
  });
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}
