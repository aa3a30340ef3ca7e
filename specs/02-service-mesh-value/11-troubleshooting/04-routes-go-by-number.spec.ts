import { exercise } from '../../../helpers/index.ts';

const namespace = 'm2-ts-routes';
const routes = (name: string) => ['proxy-config', 'routes', `deployment/frontend.${namespace}`, '--name', name];
/** Lines of the table below its head. */
const rows = (table: string) => table.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('NAME'));

exercise(
  'Routes of a proxy are listed by number or full name, never by the name of a port',
  {
    persona: 'Marcus Chen',
    question: 'We wrote a route and the list of routes is empty. Did it get lost?',
    proof:
      'The same proxy is asked at the same moment by three names. Under the name of the port it has nothing, before and after. Under the number of the port, and for a port without a name under the full name of the Service, it has routes all along, and shows the new VirtualService beside them as soon as it is applied.',
    takeaway:
      'Ask for --name 80, or for the full name with the port where the port is unnamed; an empty list may be the answer to a wrong question.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.ts.a3'],
    errata: ['E249'],
    readMore: 'https://istio.io/latest/docs/ops/diagnostic-tools/proxy-cmd/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const full = `catalogue.${namespace}.svc.cluster.local:8080`;
    const nothingUnderHttp = async () =>
      cluster.eventually(
        'under the name http there is nothing',
        routes('http'),
        (table) => rows(table).length === 0,
        'istioctl',
      );
    const shows = async (name: string, service: string, rule: boolean) =>
      cluster.eventually(
        `under ${name} the ${service} is listed ${rule ? 'with' : 'without'} a VirtualService`,
        routes(name),
        (table) => {
          const own = rows(table).filter((row) => row.includes(`${service}.${namespace}.svc.cluster.local:`));
          return own.length > 0 && own.every((row) => row.trimEnd().endsWith(` ${service}.${namespace}`) === rule);
        },
        'istioctl',
      );

    await lesson.step('Before: the proxy has routes, but not under the name of the port', async () => {
      await shows('80', 'backend', false);
      await shows(full, 'catalogue', false);
      await nothingUnderHttp();
    });

    await lesson.step('Both Services get a route of their own', async () => {
      await cluster.change('20-routes.yaml');
    });

    await lesson.step('After: it shows under the number, and under the full name', async () => {
      await shows('80', 'backend', true);
      await shows(full, 'catalogue', true);
    });

    await lesson.step('And under the name of the port there is still nothing', async () => {
      await nothingUnderHttp();
    });
  },
);
