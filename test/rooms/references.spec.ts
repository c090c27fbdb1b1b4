import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { root } from '../support/build.ts';

const projects = ts.sys
  .readDirectory(root, ['tsconfig.json'], ['node_modules', 'dist'], ['apps/*/*', 'libs/*/*', 'migrations/*', 'test/*'])
  .map((configFile) => relative(root, dirname(configFile)));

/** What TypeScript reads from a project's tsconfig.json. */
function parse(project: string): ts.ParsedCommandLine {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const parsed = ts.getParsedCommandLineOfConfigFile(join(root, project, 'tsconfig.json'), undefined, host);
  if (!parsed) throw new Error(`${project} can't be read`);
  return parsed;
}

function roomOf(file: string): string {
  const [first = '', second = ''] = relative(root, file).split('/');
  return first === 'apps' || first === 'libs' ? `${first}/${second}` : first;
}

/** The room that an import leads to; null for a package. */
function roomOfImport(specifier: string, file: string): string | null {
  if (specifier.startsWith('#')) return `libs/${specifier.slice(1)}`;
  return specifier.startsWith('.') ? roomOf(join(dirname(file), specifier)) : null;
}

function importedBy({ fileNames }: ts.ParsedCommandLine): string[] {
  return fileNames.flatMap((file) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'));
    return importedFiles.map(({ fileName }) => roomOfImport(fileName, file)).filter((room) => room !== null);
  });
}

describe('the references between rooms', () => {
  // TypeScript lets a room import what its references reference, and then misses that it changed.
  it.each(projects)('%s references the rooms that it imports itself, and no other', (project) => {
    const parsed = parse(project);
    const imported = new Set(importedBy(parsed).filter((room) => room !== project));
    const referenced = (parsed.projectReferences ?? []).map(({ path }) => relative(root, path));
    expect(referenced.toSorted()).toEqual([...imported].toSorted());
  });
});
