/** Schemas of the OpenAPI document: as a reader sees them, and as an example is held against them. */
import { code, slug, table } from './markdown.mjs';

export const nameOf = (ref) => ref.split('/').pop().replace(/Dto$/, '');

export const shapeHeading = (name) => `\`${name}\``;

/** The type of a value in a few words; what has fields is named and linked. */
export function typeOf(schema = {}) {
  const type = plainTypeOf(schema);
  return schema.nullable === true && type !== 'any JSON value' ? `${type} or null` : type;
}

function plainTypeOf(schema) {
  if (schema.$ref !== undefined) return `[${nameOf(schema.$ref)}](#${slug(shapeHeading(nameOf(schema.$ref)))})`;
  if (schema.allOf?.length === 1) return typeOf(schema.allOf[0]);
  if (schema.oneOf !== undefined && schema.oneOf.some(({ type }) => type !== undefined)) return 'any JSON value';
  if (schema.oneOf !== undefined) return schema.oneOf.map(typeOf).join(' or ');
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  if (schema.format === 'date-time') return 'time, ISO 8601';
  if (schema.format === 'binary') return 'bytes';
  if (schema.type === undefined) return 'any JSON value';
  if (schema.type === 'integer') return `whole number${rangeOf(schema.minimum, schema.maximum)}`;
  if (schema.type === 'string' && schema.maxLength !== undefined) {
    return `text of ${schema.minLength ?? 0} to ${schema.maxLength} characters`;
  }
  return { string: 'text', boolean: 'true or false', object: 'object' }[schema.type] ?? schema.type;
}

function rangeOf(minimum, maximum) {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  return minimum === undefined ? '' : ` from ${minimum}`;
}

export function fieldTable({ properties = {}, required = [] }) {
  const rows = Object.entries(properties).map(([name, schema]) => [
    required.includes(name) ? code(name) : `${code(name)}, optional`,
    typeOf(schema),
    schema.description ?? '',
  ]);
  return table(['field', 'type', 'meaning'], rows);
}

/** All schemas that `schema` speaks of, by name, itself included. */
export function shapesIn(schema, schemas, found = new Map()) {
  for (const ref of JSON.stringify(schema ?? {}).match(/#\/components\/schemas\/\w+/g) ?? []) {
    const key = ref.split('/').pop();
    if (found.has(key)) continue;
    found.set(key, schemas[key]);
    shapesIn(schemas[key], schemas, found);
  }
  return found;
}

/** What does not fit, or `null`. Fields are held to be complete and known. */
export function misfit(value, schema, schemas, path = 'answer') {
  if (schema.$ref !== undefined) return misfit(value, schemas[schema.$ref.split('/').pop()], schemas, path);
  if (value === null) return schema.nullable === true ? null : `${path} is null`;
  if (schema.allOf?.length === 1) return misfit(value, schema.allOf[0], schemas, path);
  if (schema.oneOf !== undefined) {
    const faults = schema.oneOf.map((each) => misfit(value, each, schemas, path));
    return faults.includes(null) ? null : faults.join('; ');
  }
  if (schema.enum !== undefined) return schema.enum.includes(value) ? null : `${path} is ${value}`;
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return `${path} is no list`;
    return firstFault(value.map((item, place) => misfit(item, schema.items, schemas, `${path}[${place}]`)));
  }
  if (schema.properties !== undefined) return misfitOfFields(value, schema, schemas, path);
  const type = schema.type === 'integer' ? 'number' : schema.type;
  return type === undefined || type === typeof value ? null : `${path} is no ${schema.type}`;
}

function misfitOfFields(value, { properties, required = [] }, schemas, path) {
  const missing = required.find((name) => !(name in value));
  if (missing !== undefined) return `${path}.${missing} is missing`;
  const unknown = Object.keys(value).find((name) => !(name in properties));
  if (unknown !== undefined) return `${path}.${unknown} is not in the schema`;
  return firstFault(
    Object.entries(value).map(([name, each]) => misfit(each, properties[name], schemas, `${path}.${name}`)),
  );
}

const firstFault = (faults) => faults.find((fault) => fault !== null) ?? null;
