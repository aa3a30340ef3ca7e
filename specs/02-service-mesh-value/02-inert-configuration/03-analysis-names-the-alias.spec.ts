import { exercise } from '../../../helpers/index.ts';

const analysis = ['analyze', '--namespace', 'm2-e2-analysis'];

exercise(
  'Analysis names two Services that share a port of one workload',
  {
    persona: 'Marcus Chen',
    question: 'Nobody told my team that the health Service is nothing but a second name. Would a mesh have told them?',
    proof:
      'The same analysis is asked with and without the second Service, and nothing else changes. Without it there is no finding; with it there is one that names the Deployment, both Services and both ports; and once the Service is gone there is none again.',
    takeaway: 'Ask for an analysis before asking for a review: it knows what two Services on one port will do.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e2.a2'],
    errata: ['E207'],
    readMore: 'https://istio.io/latest/docs/reference/config/analysis/ist0137/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const noConflict = (report: string) => !report.includes('IST0137');

    await lesson.step('Before: one Service, and no finding', async () => {
      await cluster.eventually('the analysis finds no conflict', analysis, noConflict, 'istioctl');
    });

    await lesson.step('The team adds its Service for health', async () => {
      await cluster.change('20-health-service.yaml');
    });

    await lesson.step('After: the analysis names both, and what they share', async () => {
      await cluster.eventually(
        'one workload has two Services with one port behind two',
        analysis,
        (report) => /Warning \[IST0137\].*frontend-health.*targetPort "80".*\[80 8080\]/.test(report),
        'istioctl',
      );
    });

    await lesson.step('And without it the finding is gone', async () => {
      await cluster.kubectl('delete', 'service', 'frontend-health');
      await cluster.eventually('the analysis finds no conflict', analysis, noConflict, 'istioctl');
    });
  },
);
