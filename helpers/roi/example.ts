import { join } from 'node:path';

import { fixturesDir } from '../system/paths.ts';

/** The inputs file of RapidScale: what is calculated where no other is named. */
export const exampleInputs = join(fixturesDir, '02-service-mesh-value/07-roi/rapidscale.yaml');
