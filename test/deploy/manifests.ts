/** The manifests of deploy/, read without kustomize, and checked against the types that are made from the API of Kubernetes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  'v1 Service': "import('kubernetes-types/core/v1').Service",
  'apps/v1 Deployment': "import('kubernetes-types/apps/v1').Deployment",
  'apps/v1 StatefulSet': "import('kubernetes-types/apps/v1').StatefulSet",
  'policy/v1 PodDisruptionBudget': "import('kubernetes-types/policy/v1').PodDisruptionBudget",
};

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

export interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly files: readonly string[] }[];
}

/** Everything that `kubectl apply -k` finds in a folder. */
export function readFolder(folder: string): { kustomization: Kustomization; manifests: Manifest[]; files: string[] } {
  const read = (file: string): unknown[] => loadAll(readFileSync(join(ROOT, folder, file), 'utf8'));
  const [kustomization] = read('kustomization.yaml') as [Kustomization];
  return {
    kustomization,
    manifests: kustomization.resources.flatMap((file) => read(file) as Manifest[]),
    files: readdirSync(join(ROOT, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'kustomization.yaml')
      .map(({ name }) => name),
  };
}

/** What does not fit the API: unknown fields, missing ones, values of another type. Literals make the compiler strict. */
export function faultsOf(manifests: readonly Manifest[]): string[] {
  const unknown = manifests.filter(({ apiVersion, kind }) => TYPES[`${apiVersion} ${kind}`] === undefined);
  if (unknown.length > 0) return unknown.map(({ apiVersion, kind }) => `there is no type for ${apiVersion} ${kind}`);
  const text = manifests
    .map(
      (manifest, at) =>
        `export const m${at}: ${TYPES[`${manifest.apiVersion} ${manifest.kind}`]} = ${JSON.stringify(manifest)};`,
    )
    .join('\n');
  const path = join(ROOT, 'test/deploy/virtual.ts');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    lib: ['lib.es2015.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  const program = ts.createProgram([path], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}
