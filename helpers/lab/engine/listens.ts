import { connect, type NetConnectOpts } from 'node:net';

/** True if something accepts a connection there now: a socket file of this machine, or a port on one of its addresses. */
export async function listens(target: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
