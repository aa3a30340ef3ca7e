import type { Contract } from './contract.ts';
import { contractsOfASecondRelease } from './of-a-second-release.ts';
import { contractsOfTheClients } from './of-the-clients.ts';
import { contractsOfTheControllers } from './of-the-controllers.ts';
import { contractsOfTheDeciders } from './of-the-deciders.ts';
import { contractsOfTheMesh } from './of-the-mesh.ts';
import { contractsOfTheNode } from './of-the-node.ts';
import { contractsOfTheObservers } from './of-the-observers.ts';
import { contractsOfTheServers } from './of-the-servers.ts';
import { contractsOfTheSessions } from './of-the-sessions.ts';
import { contractsOfTheStandIns } from './of-the-stand-ins.ts';

/** All contracts, in the order in which they are looked at: each may rely on those before it. */
export const contracts: readonly Contract[] = [
  ...contractsOfTheNode,
  ...contractsOfTheClients,
  ...contractsOfTheServers,
  ...contractsOfTheControllers,
  ...contractsOfTheObservers,
  ...contractsOfTheDeciders,
  ...contractsOfTheSessions,
  ...contractsOfTheStandIns,
  ...contractsOfTheMesh,
  ...contractsOfASecondRelease,
];
