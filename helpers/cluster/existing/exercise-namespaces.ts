import { must } from '../../program.ts';
import { exerciseLabel } from '../../snapshot.ts';

/** Namespaces of exercises that the cluster holds now. */
export async function exerciseNamespaces(): Promise<string[]> {
  const names = ['get', 'namespaces', '-l', exerciseLabel, '-o', 'jsonpath={.items[*].metadata.name}'];
  const { stdout } = await must('kubectl', names);
  return stdout.split(' ').filter((name) => name !== '');
}
