/** Is a port free? Asked before anything is started, so that nothing has to be stopped for it. */
import { createServer } from 'node:net';
import { Stop } from './project.mjs';

/** Both ways a node can listen: where another holds the port on one of them, clients would reach the other. */
const HOSTS = ['127.0.0.1', '0.0.0.0'];

export async function refusePortInUse(port) {
  for (const host of HOSTS) {
    const fault = await faultOfListening(port, host);
    if (fault === null) continue;
    if (fault.code === 'EADDRINUSE') {
      throw new Stop(
        `Port ${port} is in use: stop what listens there, or set MASTER_PORT to another (MASTER_PORT=9000 npm start).`,
      );
    }
    throw new Stop(`Port ${port} cannot be listened on: ${fault.message}.`);
  }
}

function faultOfListening(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}
