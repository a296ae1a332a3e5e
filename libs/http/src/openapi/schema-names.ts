import type { OpenAPIObject } from '@nestjs/swagger';

const SUFFIX = /Dto$/;
const REFERENCE = /("#\/components\/schemas\/\w+?)Dto"/g;

/** Names every schema after its class without `Dto`, a suffix that tells clients nothing: `Receipt` for `ReceiptDto`. */
export function withoutDto(document: OpenAPIObject): OpenAPIObject {
  const schemas = Object.entries(document.components?.schemas ?? {});
  const renamed = Object.fromEntries(schemas.map(([name, schema]) => [name.replace(SUFFIX, ''), schema]));
  const whole = { ...document, components: { ...document.components, schemas: renamed } };
  return JSON.parse(JSON.stringify(whole).replaceAll(REFERENCE, '$1"')) as OpenAPIObject;
}
