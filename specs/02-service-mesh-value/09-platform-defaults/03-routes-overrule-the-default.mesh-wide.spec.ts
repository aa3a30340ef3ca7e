import { exercise, tellRetries } from '../../../helpers/index.ts';

const namespace = 'm2-e9-opt-out';
const routes = ['proxy-config', 'routes', `deployment/frontend.${namespace}`, '-o', 'json'];

exercise(
  'VirtualService takes a route out of the retries that the mesh has by default',
  {
    persona: 'Marcus Chen',
    question: 'Retrying every failure sounds good. What happens to an order that must not be placed twice?',
    proof:
      'The server counts an order when it arrives, as one does that fails only after the work was done. The very same POST is one hit and a 503 without the default, two hits and a 200 with it, and one hit and a 503 again with a route of its own, while a GET beside it goes on being healed.',
    takeaway:
      'A default that repeats failed answers repeats orders too: what must happen once needs a route that says so, or better no such default.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e9.a4', 'm2.e9.a5'],
    errata: ['E244', 'E243'],
    readMore: 'https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const routesHave = async (...retries: number[]) =>
      cluster.eventually(
        `the frontend's proxy has routes with ${retries.join(' and ')} retries for the orders`,
        routes,
        (dump) => tellRetries(dump, `orders.${namespace}`) === retries.join(),
        'istioctl',
      );
    const sent = async (method: 'GET' | 'POST', key: string, times: 1 | 2) => {
      const [reply] = await frontend.newConnections(1, '-X', method, `http://orders/order?failFirst=1&key=${key}`);
      await lesson.check(
        `a ${method} whose first try fails is carried out ${times === 1 ? 'once, and the client sees the 503' : 'twice, and the client sees a 200'}`,
        `HTTP ${reply?.status}: ${reply?.body}`,
        (seen) => seen.startsWith(`HTTP ${times === 1 ? 503 : 200}`) && seen.includes(`"hits":${times},`),
      );
    };

    await lesson.step('Before: an order that fails is placed once', async () => {
      await sent('POST', 'before', 1);
    });

    await lesson.step('The whole mesh repeats failed answers', async () => {
      await cluster.changeMeshConfig('20-retry-default.yaml');
      await routesHave(3);
    });

    await lesson.step('After: the same order is placed twice', async () => {
      await sent('POST', 'default', 2);
    });

    await lesson.step('The team takes its orders out', async () => {
      await cluster.change('30-no-second-order.yaml');
      await routesHave(0, 3);
    });

    await lesson.step('After: an order that fails is placed once, and the client is told', async () => {
      await sent('POST', 'own-route', 1);
    });

    await lesson.step('And reading, which harms nobody, is healed as before', async () => {
      await sent('GET', 'reading', 2);
    });
  },
);
