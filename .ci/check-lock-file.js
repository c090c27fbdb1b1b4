/**
 * Checks that package-lock.json holds every package of every platform, and where none of them was fetched from. With one that
 * lacks what other platforms need, `npm ci` fails and every `npm install` rewrites it. Ends with 1 where something is wrong.
 */
import { readFileSync } from 'node:fs';
import { exit, stderr, stdout } from 'node:process';
import { URL } from 'node:url';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));

/** The folder that a package's own `require` would find another in: beside it, or in one of the folders above. */
const found = (from, name) => {
  for (let folder = from; ; folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
};

const faults = [];
for (const [path, entry] of Object.entries(packages)) {
  const needed = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
  for (const name of needed)
    if (!found(path, name)) faults.push(`${path || 'the project'} needs ${name}, which it lacks`);
  if (path !== '' && !entry.integrity && !entry.inBundle) faults.push(`${path} has no checksum`);
  if (entry.resolved) faults.push(`${path} names the place that it was fetched from`);
  // npm 11 writes it and npm 10 takes it out: what only one of them writes changes with whoever installs.
  if (entry.libc) faults.push(`${path} has "libc": run npm@10 install --package-lock-only`);
}

for (const fault of faults) stderr.write(`package-lock.json: ${fault}\n`);
if (faults.length > 0) exit(1);
stdout.write(`package-lock.json: ${Object.keys(packages).length - 1} packages\n`);
