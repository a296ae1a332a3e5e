/** `docs/api.md`: every route, from the OpenAPI document that a node itself answers. */
import { STATUS_CODES } from 'node:http';
import { Stop } from '../lib/project.mjs';
import { EXAMPLES } from './api-examples.mjs';
import { fieldTable, misfit, nameOf, shapeHeading, shapesIn, typeOf } from './api-schema.mjs';
import { INTRODUCTION, LINK_ROUTE } from './api-text.mjs';
import { code, errorLink, fence, GENERATED, jsonText, slug, table } from './markdown.mjs';
import { describeNode } from './node-document.mjs';

/** By tag, in the order a reader needs them. */
const CHAPTERS = new Map([
  ['messages', 'Writing and reading'],
  ['receipts', 'Receipts'],
  ['cluster', 'The cluster'],
  ['orphans', 'Orphans'],
  ['health', 'Health checks'],
  ['observability', 'Measurements'],
  ['between nodes', 'Between nodes'],
]);
const METHODS = ['post', 'get', 'delete'];
const PLACES = ['path', 'query', 'header'];
const OPEN_TO = { client: 'clients', admin: 'admins', service: 'nodes', public: 'everybody' };

export async function apiPage() {
  const document = await describeNode();
  const routes = routesOf(document);
  const unknown = routes.find(({ tag }) => !CHAPTERS.has(tag));
  if (unknown !== undefined)
    throw new Stop(`Give the tag "${unknown.tag}" of ${unknown.name} a chapter in scripts/docs/api-page.mjs.`);
  const { schemas } = document.components;
  const chapters = [...CHAPTERS].map(([tag, title]) => {
    const parts = articlesOf(routes.filter((route) => route.tag === tag)).map((article) =>
      articleText(article, schemas),
    );
    if (tag === 'between nodes') parts.push(LINK_ROUTE);
    return `## ${title}\n\n${parts.join('\n\n')}`;
  });
  return `${GENERATED}\n\n${INTRODUCTION}\n\n${overview(routes)}\n\n${chapters.join('\n\n')}\n\n${shapes(routes, schemas)}\n`;
}

function routesOf({ paths }) {
  return Object.entries(paths)
    .flatMap(([path, methods]) => METHODS.filter((method) => methods[method]).map((method) => [path, method]))
    .map(([path, method]) => {
      const operation = paths[path][method];
      const isSentOn = operation['x-master-only'] === true;
      const onBoth = !isSentOn;
      const name = `${method.toUpperCase()} ${path}`;
      return {
        path,
        method,
        name,
        operation,
        onBoth,
        isSentOn,
        tag: operation.tags?.[0],
        openTo: OPEN_TO[operation['x-open-to']],
      };
    })
    .sort(
      (one, other) => METHODS.indexOf(one.method) - METHODS.indexOf(other.method) || one.path.localeCompare(other.path),
    );
}

/** Routes that take and answer the same share an article. */
function articlesOf(routes) {
  const articles = new Map();
  for (const route of routes) {
    const { requestBody, responses } = route.operation;
    const same = requestBody === undefined ? route.name : JSON.stringify([route.method, requestBody, responses]);
    articles.set(same, [...(articles.get(same) ?? []), route]);
  }
  return [...articles.values()];
}

const headingOf = (article) => article.map(({ name }) => code(name)).join(', ');

function overview(routes) {
  const rows = [...CHAPTERS.keys()].flatMap((tag) =>
    articlesOf(routes.filter((route) => route.tag === tag)).flatMap((article) =>
      article.map(({ name, onBoth, openTo, operation }) => [
        `[${code(name)}](#${slug(headingOf(article))})`,
        onBoth ? 'every node' : 'the master',
        openTo,
        operation.summary,
      ]),
    ),
  );
  return `## Every route\n\n${table(['route', 'answered by', 'open to', 'does'], rows)}`;
}

function articleText(article, schemas) {
  const [{ operation, openTo }] = article;
  const summaries = new Set(article.map((route) => route.operation.summary));
  const parts = [
    `### ${headingOf(article)}`,
    summaries.size === 1
      ? sentence(operation.summary)
      : article.map((route) => `- ${code(route.name)}: ${route.operation.summary}`).join('\n'),
    operation.description ?? '',
    `_Open to ${openTo}. Answered by ${whoAnswers(article[0])}._`,
    parameters(article),
    body(operation),
    answers(operation),
    ...article.flatMap(({ name }) =>
      (EXAMPLES[name] ?? []).map((example) => exampleText(name, example, operation, schemas)),
    ),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function whoAnswers({ onBoth, isSentOn }) {
  if (onBoth) return 'every node';
  return isSentOn ? 'the master; a secondary answers `NOT_MASTER`' : 'the master';
}

const sentence = (text) => (/[.?!]$/.test(text) ? text : `${text}.`);

function parameters(article) {
  const byName = new Map(article.flatMap(({ operation }) => operation.parameters.map((each) => [each.name, each])));
  if (byName.size === 0) return '';
  const rows = [...byName.values()]
    .sort((one, other) => PLACES.indexOf(one.in) - PLACES.indexOf(other.in) || one.name.localeCompare(other.name))
    .map(({ name, in: place, schema, description = '' }) => {
      const byDefault = schema?.default === undefined ? '' : ` (default ${code(schema.default)})`;
      // A parameter travels as text; without a schema that is all there is to say.
      const allowed = schema?.type === undefined && schema?.enum === undefined ? 'text' : typeOf(schema);
      return [code(name), place, `${allowed}${byDefault}`, description];
    });
  return table(['parameter', 'in', 'allowed', 'meaning'], rows);
}

function body({ requestBody }) {
  if (requestBody === undefined) return '';
  return Object.entries(requestBody.content)
    .map(([media, { schema }]) => {
      const described = schema.description === undefined ? '' : ` ${sentence(schema.description)}`;
      if (schema.properties === undefined) return `**Body** as ${code(media)}: ${typeOf(schema)}.${described}`;
      return `**Body** as ${code(media)}:${described}\n\n${fieldTable(schema)}`;
    })
    .join('\n\n');
}

function answers({ responses }) {
  const rows = Object.entries(responses).map(([status, response]) => [
    status,
    isProblem(response) ? codesIn(response) : answerText(response),
  ]);
  return table(['status', 'answer'], rows);
}

const isProblem = ({ content }) =>
  content !== undefined && Object.keys(content).every((media) => /problem/.test(media));

const codesIn = ({ description }) =>
  [...description.matchAll(/`([A-Z_]+)`:/g)].map(([, name]) => errorLink(name)).join(', ');

function answerText({ description, content = {}, headers = {} }) {
  const types = Object.entries(content).map(([media, { schema }]) =>
    media === 'application/json' ? typeOf(schema) : `${typeOf(schema)} as ${code(media)}`,
  );
  const named = Object.entries(headers).map(([name, header]) => `Header ${code(name)}: ${header.description}`);
  return [description, types.join('; '), ...named].filter(Boolean).map(sentence).join(' ');
}

function exampleText(name, example, operation, schemas) {
  const { text, path, headers = [], body: sent, status, answer, answerHeaders = [], answerText: plain } = example;
  if (answer !== undefined) {
    const schema = operation.responses[status]?.content?.['application/json']?.schema;
    const fault = schema === undefined ? `status ${status} has no JSON` : misfit(answer, schema, schemas);
    if (fault !== null)
      throw new Stop(`The example of ${name} in scripts/docs/api-examples.mjs does not fit: ${fault}.`);
  }
  const request = [`${name.split(' ')[0]} ${path}`, ...headers, ...(sent === undefined ? [] : ['', sent])];
  const shown = plain ?? (answer === undefined ? '' : jsonText(answer));
  const received = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...answerHeaders,
    ...(shown === '' ? [] : ['', shown]),
  ];
  return `${text ?? 'For example:'}\n\n${fence('http', request.join('\n'))}\n\n${fence('http', received.join('\n'))}`;
}

function shapes(routes, schemas) {
  const used = new Map(routes.flatMap(({ operation }) => [...shapesIn(operation, schemas)]));
  used.delete('ProblemDto');
  const parts = [...used]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, schema]) => {
      const text = schema.properties === undefined ? sentence(`One of ${typeOf(schema)}`) : fieldTable(schema);
      return `### ${shapeHeading(nameOf(name))}\n\n${text}`;
    });
  return `## Shapes\n\nWhat the answers and bodies above are made of. A field is always there unless it says optional.
Errors have [a page of their own](errors.md).\n\n${parts.join('\n\n')}`;
}
