/**
 * Checks a bill of materials: it must be one of CycloneDX, name just the packages of package-lock.json that aren't only for
 * development, each once, by version, purl and checksum, and its dependencies must lead nowhere else. Ends with 1 where not.
 */
import { readFileSync } from 'node:fs';
import { argv, exit, stderr, stdout } from 'node:process';
import { URL } from 'node:url';

const lockFile = new URL('../package-lock.json', import.meta.url);
const [, , file = ''] = argv;
const { bomFormat, specVersion, serialNumber, metadata, components, dependencies } = JSON.parse(
  readFileSync(file, 'utf8'),
);

const faults = [];
const must = (holds, fault) => {
  if (!holds) faults.push(fault);
};

must(
  bomFormat === 'CycloneDX' && /^1\.[5-9]$/.test(specVersion),
  `it is ${bomFormat} ${specVersion}, not CycloneDX 1.5`,
);
must(/^urn:uuid:[0-9a-f-]{36}$/.test(serialNumber), 'it has no serial number');

const refs = new Set();
for (const { 'bom-ref': ref, version, purl, hashes = [] } of components) {
  must(!refs.has(ref), `${ref} is named twice`);
  must(version && purl?.startsWith('pkg:npm/') && hashes.length > 0, `${ref} lacks its version, purl or checksum`);
  refs.add(ref);
}

const locked = Object.entries(JSON.parse(readFileSync(lockFile, 'utf8')).packages)
  .filter(([path, { dev }]) => path !== '' && !dev)
  .map(([path, { version, devOptional = false }]) => ({
    ref: `${path.replace(/^.*node_modules\//, '')}@${version}`,
    devOptional,
  }));
// What is optional in production, and needed for development too, may be there or not.
for (const { ref, devOptional } of locked) must(devOptional || refs.has(ref), `${ref} is missing`);
const known = new Set(locked.map(({ ref }) => ref));
for (const ref of refs) must(known.has(ref), `${ref} isn't part of a production install`);

refs.add(metadata.component['bom-ref']);
for (const { ref, dependsOn = [] } of dependencies)
  for (const one of [ref, ...dependsOn]) must(refs.has(one), `${one} is depended on and isn't in it`);

for (const fault of faults) stderr.write(`bill of materials: ${fault}\n`);
if (faults.length > 0) exit(1);
stdout.write(`bill of materials: ${components.length} packages\n`);
