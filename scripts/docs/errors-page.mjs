/** `docs/errors.md`: the closed table of codes. */
import { built } from './built.mjs';
import { code, fence, GENERATED, table } from './markdown.mjs';

/** By status, in the order in which a client meets them. */
const FAMILIES = [
  ['The request has to change', (status) => status < 500 && status !== 307 && status !== 409],
  ['The cluster does not allow it', (status) => status === 409],
  ['Ask somebody else, or later', (status) => status === 307 || status > 500],
  ['Something is broken', (status) => status === 500],
];

const EXAMPLE_SENTENCE =
  'Only 1 of 3 members are reachable, which is no majority: the message was not stored. ' +
  'Repeat the request when GET /secondaries shows enough of them HEALTHY.';

export async function errorsPage() {
  const { ERROR_KINDS } = await built('libs/replication-contracts/src/error-kinds.js');
  const { ReplogError, toProblem } = await built('libs/replication-contracts/src/errors.js');
  const kinds = Object.entries(ERROR_KINDS).map(([name, kind]) => ({ name, ...kind }));
  const example = new ReplogError('NO_QUORUM', EXAMPLE_SENTENCE, { extra: { reachable: 1, members: 3 } });
  return `${GENERATED}

# Errors

Whatever a node refuses, it answers with a problem document, \`application/problem+json\` (RFC 9457), and one of the codes
below. The table is closed: there are no others, and a code keeps its meaning.

${fence('json', JSON.stringify(toProblem(example, '0197f7c2-8a44-7c1e-9a3d-5d3a1c0e5b10'), null, 2))}

- Decide by \`code\`. \`title\` and \`detail\` are for people, and \`detail\` says what to do in the case at hand.
- \`retriable\` says whether the very same request may succeed later. \`Retry-After\` (seconds) says when, where the node knows.
- \`instance\` is the id of the request, as in the log of the node and in the header \`x-request-id\`.
- Further fields belong to the case, such as \`field\`, \`line\`, \`max\`, \`seq\`, \`segment\` and \`index\`.
- A write that is refused with a 4xx, 503 or 507 is in no log and never will be. A write whose concern is not met in time is
  no error: it is answered 202, and its receipt can be asked for. After a 500, or an answer that never came, repeat the
  write under its \`Idempotency-Key\`: it is appended once at most.

## Every code

${table(
  ['code', 'status', 'retry?', 'means'],
  kinds.map(({ name, status, retriable, title }) => [
    `[${code(name)}](#${name.toLowerCase()})`,
    status,
    retriable ? 'yes' : 'no',
    title,
  ]),
)}

## What to do

${FAMILIES.map(([title, belongs]) =>
  section(
    title,
    kinds.filter(({ status }) => belongs(status)),
  ),
).join('\n\n')}
`;
}

function section(title, kinds) {
  const parts = kinds.map(({ name, status, advice }) => `#### \`${name}\`\n\n**${status}.** ${advice}`);
  return `### ${title}\n\n${parts.join('\n\n')}`;
}
