import { cp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../cli/make-folder.ts';
import { build, root } from '../support/build.ts';

const COPIED = [
  'apps',
  'dist',
  'libs',
  'migrations',
  'nest-cli.json',
  'package.json',
  'test/dev',
  'test/support',
  'tsconfig.base.json',
  'tsconfig.nest.json',
];

/** Copies the built project, so that a spec can change files without affecting other specs. */
export async function copyProject(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  await build();
  const folder = await makeFolder('project');
  for (const name of COPIED) {
    await cp(join(root, name), join(folder, name), { recursive: true, preserveTimestamps: true });
  }
  await rm(join(folder, 'dist/.building'), { recursive: true, force: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
