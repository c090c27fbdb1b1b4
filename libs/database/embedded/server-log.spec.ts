import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundServerLog, openServerLog } from './server-log.ts';

const LARGE = `${'x'.repeat(10_000_000)}\n`;

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-log-'));
  path = join(folder, 'postgres.log');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the log of a running server', () => {
  it('is moved aside when it is large, while the server has it open and goes on writing', async () => {
    const { file } = await openServerLog(path, null);
    await file.write(LARGE);
    await boundServerLog(path, null);
    await file.write('the next line\n');
    expect(await readFile(path, 'utf8')).toBe('the next line\n');
    expect((await stat(`${path}.1`)).size).toBe(LARGE.length);
    await file.close();
  });

  it('stays as it is until then', async () => {
    await appendFile(path, 'a line\n');
    await boundServerLog(path, null);
    expect(await readFile(path, 'utf8')).toBe('a line\n');
  });
});
