/** What no OpenAPI document says: the introduction of `docs/api.md`, and the one route that is a WebSocket. */

export const INTRODUCTION = `# HTTP API

Every node answers the same routes. What only the master can do, a secondary answers with 307 and the master's address in
\`Location\` ([\`NOT_MASTER\`](errors.md#not_master)), or with 503 while no master is known
([\`NO_MASTER\`](errors.md#no_master)). Each node serves this API as an OpenAPI document at \`/docs-json\`, and at \`/docs\` as a
page on which it can be tried; both are open to everybody.

- **Keys.** \`x-token: <key>\`, or \`Authorization: Bearer <key>\`. *Clients* send \`API_KEY\`. *Admins* send \`ADMIN_API_KEY\`, which
  opens the routes of clients too and is the same key unless it is set. *Nodes* talk to each other with short-lived tokens that
  they sign with \`CLUSTER_SECRET\`; no key opens their routes.
- **Write concern** counts the secondaries that have to have a message on disk before its writer is told so: \`0\` the master
  alone, \`1\` the master and one secondary, \`majority\` as many as make a majority of the members, \`all\` every member. Only
  members count; a node that is still catching up is none. A number above the members of today waits: another may join.
- **Answers.** A list comes as \`{"data": […]}\`, one thing as itself, an error as a [problem document](errors.md).
  Every answer names its request in \`x-request-id\` (yours, where you sent one) and the node in \`x-replog-node\`.
- **Numbers.** \`seq\` counts messages, and is what clients use; \`index\` counts all records of the log; \`epoch\` is the
  number of a master's term.`;

export const LINK_ROUTE = `### \`WS /replication\`

The link: the master opens this WebSocket at every secondary and sends it the records of the log. _Open to nodes. Answered by
secondaries._ Its frames stand in [link.md](link.md).`;
