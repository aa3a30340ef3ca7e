import { instance } from '@viz-js/viz';

import type { Edge, Workload } from '../istio/service-graph.ts';

const green = '#1a7f37';
const red = '#c62828';

/** Draws who calls whom, how often, with how many errors, and whether it is encrypted; laid out by Graphviz. Returns an SVG. */
export async function drawServiceGraph(edges: readonly Edge[]): Promise<string> {
  const viz = await instance();
  const id = ({ name, namespace }: Workload) => `${namespace}/${name}`;
  const workloads = [...new Map(edges.flatMap(({ from, to }) => [from, to]).map((each) => [id(each), each])).values()];
  const svg = viz.renderString(
    {
      directed: true,
      graphAttributes: { rankdir: 'LR', fontname: 'Helvetica', pad: 0.2, nodesep: 0.5, ranksep: 2.2, bgcolor: 'white' },
      nodeAttributes: {
        shape: 'box',
        style: 'rounded,filled',
        fillcolor: '#ddf4ff',
        fontname: 'Helvetica',
        fontsize: 14,
      },
      edgeAttributes: { fontname: 'Helvetica', fontsize: 12 },
      nodes: workloads.map((each) => ({
        name: id(each),
        attributes: {
          label: each.namespace === '' ? `${each.name}\n(no certificate)` : `${each.name}\n${each.namespace}`,
          ...(each.namespace === '' ? { fillcolor: '#fff1e5', style: 'rounded,filled,dashed' } : {}),
        },
      })),
      edges: edges.map(({ from, to, perSecond, errorShare, mutualTls }) => ({
        tail: id(from),
        head: id(to),
        attributes: {
          label: `${mutualTls ? 'mutual TLS' : 'PLAINTEXT'}\n${perSecond.toFixed(1)} a second\n${Math.round(errorShare * 100)} % errors`,
          color: errorShare > 0 ? red : green,
          fontcolor: errorShare > 0 ? red : '#1f2328',
          style: mutualTls ? 'solid' : 'dashed',
          penwidth: Math.min(6, 1.5 + Math.log2(1 + perSecond)),
        },
      })),
    },
    { format: 'svg' },
  );
  return svg.slice(svg.indexOf('<svg'));
}
