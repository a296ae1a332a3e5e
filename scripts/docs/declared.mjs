/** Variables and error codes, as they are declared in the code. */
import { built } from '../lib/prepare.mjs';
import { code, fence, table } from './markdown.mjs';

/** The host's name must not add a fault of its own, so the node is named. */
const FAULTY = {
  API_KEY: 'key',
  NODE_ID: 'node-1',
  SERVER_TYPE: 'replica',
  MASTER_PORT: '80000',
  MAX_MESSAGE_BYTES: '1MB',
};

export async function configurationParts() {
  const { describeConfig, readNodeConfig } = await built('configuration');
  const rows = describeConfig().map(({ variable, default: text, defaultMeaning, allowed, meaning }) => [
    code(variable),
    text === null ? (defaultMeaning ?? '–') : code(text),
    allowed,
    meaning,
  ]);
  const variables = table(['variable', 'default', 'allowed', 'meaning'], rows);
  try {
    readNodeConfig(FAULTY);
  } catch (error) {
    return { variables, faults: fence('text', error.message) };
  }
  throw new Error('The example of a faulty configuration has no fault any more.');
}

/** By status, in the order in which a client meets them. */
const FAMILIES = [
  ['The request has to change', (status) => (status < 500 && status !== 307 && status !== 409) || status === 501],
  ['The cluster does not allow it', (status) => status === 409],
  ['Ask another node, or later', (status) => status === 307 || status > 501],
  ['Something is broken', (status) => status === 500],
];

/** The redirect stands with what may succeed later. */
const placeOf = ({ status }) => (status === 307 ? 499 : status);

export async function errorParts() {
  const { ERROR_KINDS } = await built('errors');
  const kinds = Object.entries(ERROR_KINDS)
    .map(([name, kind]) => ({ name, ...kind }))
    .sort((left, right) => placeOf(left) - placeOf(right));
  const rows = kinds.map(({ name, status, retriable, title }) => [
    linked(name),
    status,
    retriable ? 'yes' : 'no',
    title,
  ]);
  const advice = FAMILIES.map(([title, belongs]) => {
    const parts = kinds.filter(({ status }) => belongs(status));
    const texts = parts.map(({ name, status, advice: text }) => `#### ${code(name)}\n\n**${status}.** ${text}`);
    return `### ${title}\n\n${texts.join('\n\n')}`;
  });
  return { codes: table(['code', 'status', 'retry?', 'means'], rows), advice: advice.join('\n\n') };
}

const linked = (name) => `[${code(name)}](#${name.toLowerCase()})`;
