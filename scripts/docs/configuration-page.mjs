/** `docs/configuration.md`, and the table of the README: every variable as it is declared beside its validators. */
import { built } from './built.mjs';
import { code, fence, GENERATED, table } from './markdown.mjs';

/** Names the node, lest the host's name be a fault of its own. */
const FAULTY = {
  API_KEY: 'key',
  NODE_ID: 'node-1',
  SERVER_TYPE: 'replica',
  MASTER_PORT: '80000',
  MAX_MESSAGE_BYTES: '1MB',
};

/** For the README: without the files of secrets, and without what is allowed. */
export async function shortConfigurationTable() {
  const { describeConfig } = await built('libs/runtime/src/config/read-node-config.js');
  return table(
    ['variable', 'default', 'meaning'],
    describeConfig()
      .filter(({ variable }) => !variable.endsWith('_FILE'))
      .map((variable) => [code(variable.variable), defaultOf(variable), variable.meaning]),
  );
}

export async function configurationPage() {
  const { describeConfig, readNodeConfig } = await built('libs/runtime/src/config/read-node-config.js');
  const mistyped = await built('libs/runtime/src/config/mistyped.js');
  const { ConfigError } = await built('libs/runtime/src/config/config-error.js');
  return `${GENERATED}

# Configuration

A node takes everything it can be told from environment variables, or from a file \`.env\` in the directory it is started
in; the environment goes before the file. Two variables are required: \`API_KEY\`, and the role to start in, \`SERVER_TYPE\`
(\`npm run start:master\` and \`npm run start:secondary\` set it).

${tableOf(describeConfig())}

## Rules

- **All faults at once.** A node checks its whole configuration before it opens anything. It lists every fault in one message
  and exits with ${code(ConfigError.exitCode)}:

${indent(fence('text', faultsOf(readNodeConfig, FAULTY)))}

- **A variable that looks mistyped is named** in a warning at the start, and below the faults: ${code(mistypedExample(mistyped))}
  Other variables that are not in the table are ignored.
- **An empty value counts as unset**, because Compose passes a variable that is not set as an empty one.
- **Bytes** are whole numbers, plain or with a suffix: \`65536\`, \`64KiB\`, \`1MiB\`, \`1GiB\`. The suffixes are binary: 1 KiB is
  1024 bytes. **Seconds** may have up to three decimals: \`0.5\`.
- **Secrets may come from files**, as container engines mount them: \`API_KEY_FILE\`, \`ADMIN_API_KEY_FILE\` and
  \`CLUSTER_SECRET_FILE\` name a file. The value is its content without the white space around it. Set a variable or its
  file, not both. No secret is ever shown, not even in the message about a fault.
- **Set \`CLUSTER_SECRET\`**, to the same value on all nodes. Without it the node derives one from \`API_KEY\`, and whoever has
  the API key can pose as a node.
- **A \`NODE_ID\` that ends in \`*\`** gives replicas of one container their names: the node takes the first number, from 1, whose
  data directory is not in use. \`secondary-*\` becomes \`secondary-1\`, \`secondary-2\` …; a container that starts
  again finds the log it had. \`DATA_DIR\`, where it is set, then ends in \`*\` too.
- **One data directory, one process.** A second process with the same directory says so and exits.
- **Timeouts have to fit what stands in front of a node.** Where a load balancer keeps idle connections longer than
  \`KEEP_ALIVE_TIMEOUT\`, it may send a request on a connection that the node is closing. Whatever stops the process has to wait
  longer than \`SHUTDOWN_GRACE\`. No timeout limits how long an answer may take: a write waits for its concern as long as its
  \`timeout\` says.
- **Compose sets \`DELAY\` for its \`delayed-secondary\` only**: 2 seconds, or what the shell says (\`DELAY=5 docker-compose up\`).
  In \`.env\` it would delay every node that \`npm start\` or \`nest start\` runs.

## Which role uses what

Roles change while nodes run. Give all nodes of a cluster the same values, and different ones only of what is a node's
own: \`SERVER_TYPE\`, \`NODE_ID\`, \`DATA_DIR\`, \`HOST\`, \`ADVERTISED_URL\`, the ports and \`DELAY\`.

| variable | a master | a secondary |
| --- | --- | --- |
| \`SERVER_TYPE\` | looks for a living master first, and becomes its secondary where there is one | registers with the master |
| \`MASTER_HOST\`, \`MASTER_PORT\` | listens on \`MASTER_PORT\`; both together are the address it gives to others, unless \`ADVERTISED_URL\` is set | where it registers |
| \`SECONDARY_PORT\` | – | listens on it |
| \`ADVERTISED_URL\` | the address it gives to others | the address it registers with; without it, the master takes the address the registration came from, and the port |
| \`HEALTHCHECK_*\` | how often it pings, how long a ping may take, how many missed ones make a secondary unreachable | together they say when a silent master counts as gone; the node then registers again |
| \`DELAY\` | waits before it answers a write | waits before it applies records |
| \`DEFAULT_WRITE_CONCERN\`, \`WRITE_CONCERN_TIMEOUT\`, \`QUORUM_LOSS\`, \`MAX_INFLIGHT_BYTES\`, \`MAX_SECONDARIES\` | as the table above says | – |
| \`MAX_MESSAGE_BYTES\` | refuses larger messages | refuses larger frames: never set it below the master's |
| \`SEGMENT_BYTES\` | the size of its segments; a batch is no larger | the size of its segments |

\`SECONDARIES\` is read by \`npm start\` and Compose, not by the nodes.
`;
}

function tableOf(variables) {
  return table(
    ['variable', 'default', 'allowed', 'meaning'],
    variables.map((variable) => [code(variable.variable), defaultOf(variable), variable.allowed, variable.meaning]),
  );
}

function defaultOf({ default: text, defaultMeaning }) {
  return text === null ? (defaultMeaning ?? '–') : code(text);
}

function mistypedExample({ findMistyped, mistypedSentence }) {
  return findMistyped(['MASTERPORT'], ['MASTER_PORT']).map(mistypedSentence).join();
}

/** The message itself, so that the page shows what a user will see. */
function faultsOf(readNodeConfig, environment) {
  try {
    readNodeConfig(environment);
  } catch (error) {
    return error.message;
  }
  throw new Error('The example of a faulty configuration has no fault any more.');
}

const indent = (text) => text.replaceAll(/^/gm, '  ');
