/** Run inside a container by test-compose.sh: one request to the node there. Prints the body; fails unless it is 2xx. */
const { METHOD, PATH_ASKED, BODY, API_KEY } = process.env;

const response = await fetch(`http://127.0.0.1:8000${PATH_ASKED}`, {
  method: METHOD,
  headers: { 'x-token': API_KEY, ...(BODY ? { 'content-type': 'application/json' } : {}) },
  ...(BODY ? { body: BODY } : {}),
});
const text = await response.text();
if (response.status === 200 || response.status === 201) {
  console.log(text);
} else {
  console.error(`${METHOD} ${PATH_ASKED}: ${response.status} ${text}`);
  process.exitCode = 1;
}
