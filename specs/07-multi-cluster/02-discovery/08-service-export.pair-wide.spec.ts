import {
  bothClustersAnswer,
  exercise,
  oneClusterAnswers,
  sharedByChance,
  sharedCalls,
} from '../../../helpers/index.ts';

const revision = 'm7-mcs';
const backend = 'http://backend.m7-e2-export/';
/** Calls that all stay. */
const times = 30;
/** Kinds of the Multi-Cluster Services API, and whether the API server serves them. */
const kindsOfExport = [
  'get',
  'customresourcedefinitions',
  '--all-namespaces',
  '-o',
  'jsonpath={range .items[?(@.spec.group=="multicluster.x-k8s.io")]}{.metadata.name} {.status.conditions[?(@.type=="Established")].status}{"\\n"}{end}',
];

exercise(
  'ServiceExport lets west call a Service of east, for an istiod that is told to ask for it',
  {
    persona: 'Jennifer',
    question:
      'Joined clusters share every Service of the same name. Can the team that owns a Service decide whether another cluster may count on it?',
    proof: `A second istiod in west differs from the lab's in one variable, by which it takes of other clusters only what they export. A caller whose proxy it serves, and one whose proxy the lab's istiod serves, call the same Service, which has a pod in each cluster. The first is answered by west alone, ${times} of ${times} times; for the second each cluster answers ${sharedCalls.least} or more of ${sharedCalls.calls} calls, and fewer come by chance ${sharedByChance()}. Then east gets a ServiceExport of that name and nothing else, and for the first caller too each cluster answers ${sharedCalls.least} or more; without the export west alone answers it again. What is exported to one istiod of west is called by the other throughout, so this is how discovery works and not who may call.`,
    takeaway:
      'ServiceExport turns sharing by name into sharing by decision; in Istio it is off by default and experimental, and it is set for each istiod.',
    needs: ['k8s', 'sidecar', 'clusters2', 'control-plane2'],
    proves: ['m7.e2.a13'],
    readMore: 'https://multicluster.sigs.k8s.io/concepts/multicluster-services-api/',
  },
  async ({ lesson, west, east }) => {
    await west.installIstiod({ revision, settings: '05-istiod.west.yaml' });
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const frontend = west.client('deployment/frontend');
    const visitor = west.client('deployment/visitor', 'm7-e2-export-mesh');
    const ofSecond = { caller: frontend, url: backend, whose: 'the caller of the second istiod' };
    const ofLab = { caller: visitor, url: backend, whose: "the caller of the lab's istiod" };
    const onlyWestAnswers = async () => oneClusterAnswers(lesson, 'west', ofSecond, times);

    await lesson.step("Before: the second istiod takes nothing from east, the lab's takes all", async () => {
      await onlyWestAnswers();
      await bothClustersAnswer(lesson, ofLab);
    });

    await lesson.step('East exports the backend', async () => {
      await east.change('20-kind.east.yaml');
      await east.eventually('east serves the kind ServiceExport', kindsOfExport, (list) =>
        list.split('\n').includes('serviceexports.multicluster.x-k8s.io True'),
      );
      await east.change('30-export.east.yaml');
    });

    await lesson.step('After: both clusters answer both callers', async () => {
      await bothClustersAnswer(lesson, ofSecond);
      await bothClustersAnswer(lesson, ofLab);
    });

    await lesson.step('Without the export west alone answers again', async () => {
      await east.revert('30-export.east.yaml');
      await onlyWestAnswers();
      await bothClustersAnswer(lesson, ofLab);
    });
  },
);
