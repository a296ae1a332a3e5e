/** The types of the client against the OpenAPI document that a node serves, by the TypeScript compiler. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import type { OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { NodeInProcess } from '../../../test/support/node-in-process.js';
import { ERROR_TABLE } from './errors/error-table.js';

const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../../node_modules/.cache/replog/client-types', import.meta.url));

/** By the names of the schemas. */
const PAIRS = {
  Ack: 'Ack',
  BatchReceipt: 'BatchReceiptView',
  Cluster: 'Cluster',
  Election: 'Election',
  Failover: 'Failover',
  Member: 'Member',
  MemberState: 'MemberState',
  // Its body is generic: any JSON value, which the document writes out.
  Message: "Message<Schemas['Message']['message']>",
  Receipt: 'ReceiptView',
  ReceiptConcern: 'ReceiptConcern',
  StorageState: 'StorageState',
  WriteConcern: 'Preflight',
} as const;

const OPTIONS: ts.CompilerOptions = {
  ...{ target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'], types: [], skipLibCheck: true },
  ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true },
};

interface WithCode {
  readonly properties: { readonly code: { readonly enum: readonly string[] } };
}

let document: OpenAPI3;

beforeAll(async () => {
  const node = await NodeInProcess.master();
  document = (await node.client.get<OpenAPI3>('/docs-json')).body;
  await node.end();
}, 60_000);

/** What the compiler says of pairs that are not the same, by the name of the schema. */
async function differing(pairs: Readonly<Record<string, string>>): Promise<string[]> {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{"type":"module"}');
  writeFileSync(join(FOLDER, 'document.ts'), astToString(await openapiTS(document)));
  const names = Object.keys(pairs);
  writeFileSync(
    join(FOLDER, 'same.ts'),
    `import type { components } from './document.js';
import type * as Client from '${relative(FOLDER, SOURCES)}/views.js';
type Schemas = components['schemas'];
type ReadOnly<T> = T extends object ? { readonly [Name in keyof T]: ReadOnly<T[Name]> } : T;
type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;
${names.map((name) => `export const ${name}: Same<ReadOnly<Client.${pairs[name]}>, ReadOnly<Schemas['${name}']>> = true;`).join('\n')}
`,
  );
  const program = ts.createProgram([join(FOLDER, 'same.ts')], OPTIONS);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file?.text.slice(start).split(':')[0];
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

describe('the types of the client', { timeout: 120_000 }, () => {
  it('are those of the OpenAPI document', async () => {
    expect(await differing(PAIRS)).toEqual([]);
  });

  it('are told apart from others', async () => {
    const swapped = {
      Ack: 'Member',
      Receipt: 'BatchReceiptView',
      Message: 'ReceiptView',
      WriteConcern: 'WriteConcern',
    };
    const names = (await differing(swapped)).map((line) => line.split(':')[0]);
    expect(names).toEqual(Object.keys(swapped));
  });

  it('name every code of the document', () => {
    const schemas = document.components?.schemas as unknown as Record<string, WithCode>;
    const codes = schemas['Problem']?.properties.code.enum ?? [];
    expect([...codes].sort()).toEqual(Object.keys(ERROR_TABLE).sort());
  });
});
