import { answered, exercise, forbidden, isEncrypted, tcpPayloads } from '../../../helpers/index.ts';

const alone = 'm2-e8-gateway';
const inMesh = 'm2-e8-gateway-mesh';
/** Sent by the customer in a header, so that it can be looked for on the wire. */
const account = 'account-of-the-customer';
const served = answered(200, '"pod":"backend-');
const closedAtGateway = answered(403, 'closed at the gateway');

exercise(
  'A gateway guards the entrance, and nothing that runs behind it',
  {
    persona: 'Marcus Chen',
    question: 'We have a gateway already, and it is cheaper than a mesh. What would a mesh add to it?',
    proof:
      'The same gateway stands before the same backend twice, once alone and once in the mesh. Both times it does its part: the customer is served, and /admin is closed. Then the part behind it is looked at. Alone, a pod inside calls the backend past the gateway, /admin included, and the customer’s account number is read off the wire between gateway and backend. In the mesh the same capture finds encrypted records and no account number, and one AuthorizationPolicy refuses the insider by its lack of the gateway’s identity, while the customer is served through the gateway at that moment.',
    takeaway:
      'Keep the gateway for what comes in; who may call whom behind it, and who can read it, is a question that it never hears.',
    needs: ['k8s', 'sidecar', 'pcap'],
    proves: ['m2.e8.a2'],
    readMore: 'https://istio.io/latest/docs/concepts/security/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('pod/customer');
    const insider = cluster.client('pod/insider');
    const shop = (namespace: string) => customer.curl('-H', `X-Account: ${account}`, `http://gateway.${namespace}/`);

    /** What can be read beside the backend while the customer is served through the gateway. */
    const onTheWire = async (namespace: string) => {
      const { text } = await cluster.capture(
        'deployment/backend',
        { namespace, filter: 'tcp port 80', print: 'hex' },
        async () => {
          await shop(namespace).settlesOn(served);
        },
      );
      const payloads = tcpPayloads(text);
      return {
        accountNumbers: payloads.filter((payload) => payload.includes(account)).length,
        encryptedRecords: payloads.filter(isEncrypted).length,
      };
    };

    for (const [namespace, where] of [
      [alone, 'alone'],
      [inMesh, 'in the mesh'],
    ] as const) {
      await lesson.step(`The gateway ${where} does its part: the customer is served, /admin is closed`, async () => {
        await shop(namespace).settlesOn(served);
        await customer.curl(`http://gateway.${namespace}/admin`).settlesOn(closedAtGateway);
      });
    }

    await lesson.step('Behind the gateway alone, the customer’s account number is readable', async () => {
      await lesson.check(
        'it is read off the wire, and nothing is encrypted',
        await onTheWire(alone),
        ({ accountNumbers, encryptedRecords }) => accountNumbers > 0 && encryptedRecords === 0,
      );
    });

    await lesson.step('Behind the gateway in the mesh it is not', async () => {
      await lesson.check(
        'encrypted records were captured, and no account number',
        await onTheWire(inMesh),
        ({ accountNumbers, encryptedRecords }) => accountNumbers === 0 && encryptedRecords > 0,
      );
    });

    await lesson.step('Before: whoever is inside goes past the gateway, /admin included', async () => {
      await insider.curl(`http://backend.${alone}/admin`).settlesOn(served);
      await insider.curl(`http://backend.${inMesh}/admin`).settlesOn(served);
    });

    await lesson.step('In the mesh one policy names the only caller of the backend', async () => {
      await cluster.change('20-only-the-gateway.yaml');
    });

    await lesson.step('After: the insider is refused, the customer is served as before', async () => {
      await insider.curl(`http://backend.${inMesh}/admin`).settlesOn(forbidden);
      await shop(inMesh).settlesOn(served);
    });

    await lesson.step('And the gateway alone can do nothing about the insider', async () => {
      await insider.curl(`http://backend.${alone}/admin`).settlesOn(served);
    });

    await lesson.step('Without the policy the insider is back', async () => {
      await cluster.revert('20-only-the-gateway.yaml');
      await insider.curl(`http://backend.${inMesh}/admin`).settlesOn(served);
    });
  },
);
