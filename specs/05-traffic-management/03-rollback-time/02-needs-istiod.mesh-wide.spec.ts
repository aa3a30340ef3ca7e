import {
  byStatusAndVersion,
  chanceOutside,
  exercise,
  isShared,
  onceIn,
  seeRoutes,
  tellShares,
} from '../../../helpers/index.ts';

const namespace = 'm5-e3-istiod';
const routes = { caller: 'deployment/customer', service: `backend.${namespace}` };
const calls = 300;
const tenth = { calls, least: 10, most: 54, luck: onceIn(chanceOutside(calls, 0.1, 10, 54)) };
const half = { calls, least: 112, most: 188, luck: onceIn(chanceOutside(calls, 0.5, 112, 188)) };
const aTenth = tellShares({ v1: 90, v3: 10 });
/** Proxies look for a control plane again at intervals that grow up to thirty seconds. */
const lookedForAgainMs = 60_000;

exercise(
  'VirtualService cannot be taken back while istiod is down',
  {
    persona: 'Marcus Chen',
    question: 'And when istiod is down on the evening of a bad release? Can we still take it back?',
    proof: `A bad version has a tenth of the calls when the control plane is stopped. Its pods are gone, and calls go on as before; the bad version still gets its share of ${calls} calls. To apply the rollback is refused by the API server, in words that name the missing webhook. To delete the rule is accepted, and the rule is no longer there; but the proxy still holds it, at several looks, and the share in ${calls} calls is what it was. When the control plane is back, the deletion arrives, and the share of the bad version rises, because without a rule it gets half. Then the same rollback is accepted, and none of ${calls} calls meets the bad version. A fair draw misses the bounds of a tenth ${tenth.luck}, and those of a half ${half.luck}.`,
    takeaway:
      'Calls survive an outage of the control plane, a rollback does not; and a rule that is deleted while it is down is still in force.',
    needs: ['k8s', 'sidecar'],
    proves: ['m5.e3.a3'],
    errata: ['E510'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/deployment-models/#control-plane-models',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const shares = async () => byStatusAndVersion(await customer.oneConnection(calls, 'http://backend/'));
    const holds = async (
      says: string,
      wanted: string,
      time: { readonly staysMs?: number; readonly settleMs?: number } = {},
    ) => seeRoutes(cluster, routes, `the proxy of the customer ${says}`, [wanted], time);
    const rules = ['get', 'virtualservices', '-o', 'name'];

    await lesson.step('Before: version 3 is bad, and a rule gives it a tenth of the calls', async () => {
      await cluster.change('20-a-tenth.yaml');
      await holds('holds 90 and 10', aTenth);
      await lesson.check(
        `version 3 failed ${tenth.least} to ${tenth.most} of ${calls} calls (a tenth misses that by chance ${tenth.luck})`,
        await shares(),
        isShared('500 v3', '200 v1', tenth),
      );
    });

    await cluster.withoutControlPlane(async () => {
      await lesson.step('The control plane is gone: calls go on, and version 3 still gets its share', async () => {
        await lesson.check(
          `version 3 failed ${tenth.least} to ${tenth.most} of ${calls} calls, and version 1 answered the others`,
          await shares(),
          isShared('500 v3', '200 v1', tenth),
        );
      });

      await lesson.step('The rollback is refused: nobody is there to examine it', async () => {
        await cluster.refusedWithoutControlPlane(
          'the API server does not take it, because it cannot ask istiod',
          '30-nobody.yaml',
          'validation.istio.io',
        );
        await lesson.check(
          `version 3 still gets its share of ${calls} calls`,
          await shares(),
          isShared('500 v3', '200 v1', tenth),
        );
      });

      await lesson.step('To delete the rule is accepted, and changes nothing', async () => {
        await cluster.revert('20-a-tenth.yaml');
        await cluster.eventually('the rule is no longer there', rules, (list) => list === '', 'kubectl', {
          tell: () => 'no VirtualService is listed',
        });
        await holds('holds it all the same', aTenth, { staysMs: 3_000 });
        await lesson.check(
          `version 3 still gets its share of ${calls} calls`,
          await shares(),
          isShared('500 v3', '200 v1', tenth),
        );
      });
    });
    const began = performance.now();
    const since = () => (performance.now() - began) / 1000;

    await lesson.step('The control plane is back: the deletion arrives, and the share rises to a half', async () => {
      await holds('holds no rule any more', tellShares({ '': 100 }), { settleMs: lookedForAgainMs });
      await lesson.measure(
        'm5.e3.a3',
        'from the control plane being available to the deletion in the proxy',
        since(),
        'seconds',
      );
      await lesson.check(
        `version 3 failed ${half.least} to ${half.most} of ${calls} calls (a half misses that by chance ${half.luck})`,
        await shares(),
        isShared('500 v3', '200 v1', half),
      );
    });

    await lesson.step('And the rollback is accepted: nobody meets version 3', async () => {
      await cluster.change('30-nobody.yaml');
      await holds('holds version 1 alone', tellShares({ v1: 100 }));
      await lesson.check(
        `version 1 answered all of ${calls} calls`,
        await shares(),
        (seen) => Object.keys(seen).join() === '200 v1' && seen['200 v1'] === calls,
      );
      await lesson.measure(
        'm5.e3.a3',
        'from the control plane being available to the rollback being in force',
        since(),
        'seconds',
      );
    });
  },
);
