/** Every route, from the OpenAPI document that a node answers at `/docs-json`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryPort } from '../lib/local-cluster.mjs';
import { NodeProcess } from '../lib/node-process.mjs';
import { Stop } from '../lib/project.mjs';
import { code, slug, table } from './markdown.mjs';

/** Tags in the order a reader needs them; others follow. */
const ORDER = ['messages', 'receipts', 'cluster', 'orphans', 'health', 'observability', 'between nodes'];
const OPEN_TO = { client: 'clients', admin: 'admins', service: 'nodes', public: 'everybody' };
const READY_TIMEOUT_MS = 30_000;
const READY_POLL_MS = 50;

export async function apiParts() {
  const { paths, components } = await openApiOfNode();
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => ({ name: `${method.toUpperCase()} ${path}`, ...route })),
  );
  const tags = [...new Set([...ORDER, ...routes.map((route) => route.tags[0])])];
  const byTag = tags.map((tag) => [tag, routes.filter((route) => route.tags[0] === tag)]);
  const rows = byTag.flatMap(([, routesOfTag]) =>
    routesOfTag.map((route) => [linked(route.name), openTo(route), route.summary]),
  );
  const chapters = byTag.map(([tag, routesOfTag]) => [`## ${capital(tag)}`, ...routesOfTag.map(article)].join('\n\n'));
  return {
    overview: table(['route', 'open to', 'does'], rows),
    routes: chapters.join('\n\n'),
    shapes: Object.entries(components.schemas).sort().map(shape).join('\n\n'),
  };
}

/** The answer of a real master, started for this on a free port with a directory of its own. */
async function openApiOfNode() {
  const folder = mkdtempSync(join(tmpdir(), 'replog-docs-'));
  const { port } = await tryPort(0, '127.0.0.1');
  const named = { SERVER_TYPE: 'master', NODE_ID: 'docs', API_KEY: 'docs-key', DATA_DIR: join(folder, 'data') };
  const environment = { ...named, HOST: '127.0.0.1', MASTER_PORT: port };
  const node = new NodeProcess({ id: 'docs', port, logFile: join(folder, 'docs.log'), environment });
  try {
    node.start(() => {});
    const giveUpAt = performance.now() + READY_TIMEOUT_MS;
    while ((await node.whyNotReady()) !== null) {
      const isLost = node.end !== null || performance.now() > giveUpAt;
      if (isLost) throw new Stop(`No node answers what its API is:\n${node.tail(8).join('\n')}`);
      await sleep(READY_POLL_MS);
    }
    return await (await node.ask('/docs-json')).json();
  } finally {
    await node.stop();
    rmSync(folder, { recursive: true });
  }
}

const openTo = (route) => OPEN_TO[route['x-open-to']];

function article(route) {
  const { name, summary, description, parameters, requestBody, responses } = route;
  const bodies = Object.entries(requestBody?.content ?? {}).map(([media, { schema }]) => {
    const described = `**Body** as ${code(media)}: ${schema.description ?? ''}`;
    return schema.properties === undefined
      ? `${described} (${typeOf(schema)})`
      : `${described}\n\n${fieldTable(schema)}`;
  });
  const places = parameters.map((each) => [code(each.name), each.in, typeOf(each.schema), each.description]);
  const parts = [
    `### ${code(name)}`,
    `${summary}${summary.endsWith('?') ? '' : '.'} _Open to ${openTo(route)}._`,
    description,
    places.length > 0 && table(['parameter', 'in', 'allowed', 'meaning'], places),
    ...bodies,
    table(
      ['status', 'answer'],
      Object.entries(responses).map(([status, response]) => [status, answer(response)]),
    ),
  ];
  return parts.filter(Boolean).join('\n\n');
}

function answer({ description, content = {} }) {
  const bodies = Object.entries(content).filter(([media]) => media !== 'application/problem+json');
  const types = bodies.map(([media, { schema }]) => `${typeOf(schema)} as ${code(media)}`);
  const codes = description.replaceAll(
    /`([A-Z_]+)`/g,
    (quoted, name) => `[${quoted}](errors.md#${name.toLowerCase()})`,
  );
  return [codes, ...types].filter(Boolean).join('; ');
}

function shape([name, schema]) {
  return `### ${code(nameOf(name))}\n\n${schema.properties === undefined ? typeOf(schema) : fieldTable(schema)}`;
}

function fieldTable({ properties, required = [] }) {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `${code(name)}${required.includes(name) ? '' : ', optional'}`,
    typeOf(schema),
    schema.description,
  ]);
  return table(['field', 'type', 'meaning'], rows);
}

/** The type of a value in a few words; what has fields is named and linked. */
function typeOf(schema = {}) {
  const { $ref, allOf, oneOf, enum: values, type, nullable, minimum, maximum, minLength, maxLength } = schema;
  const orNull = nullable === true ? ' or null' : '';
  if ($ref !== undefined) return linked(nameOf($ref)) + orNull;
  if (allOf !== undefined) return typeOf(allOf[0]) + orNull;
  if (values !== undefined) return values.map(code).join(', ') + orNull;
  if (type === 'array') return `list of ${typeOf(schema.items)}${orNull}`;
  if (oneOf?.every((each) => each.$ref !== undefined)) return oneOf.map(typeOf).join(' or ');
  if (oneOf !== undefined || type === undefined) return 'any JSON value';
  const [least, most] = [minimum ?? minLength, maximum ?? maxLength];
  const bounds = `${least === undefined ? '' : ` from ${least}`}${most === undefined ? '' : ` to ${most}`}`;
  return type + bounds + (maxLength === undefined ? '' : ' characters') + orNull;
}

const nameOf = (schema) => schema.replace(/.*\//, '');

const linked = (name) => `[${code(name)}](#${slug(name)})`;

const capital = (text) => text[0].toUpperCase() + text.slice(1);
