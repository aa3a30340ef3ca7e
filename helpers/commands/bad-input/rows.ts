import { projectRoot } from '../../system/paths.ts';
import { at, type Environment, scratch } from './scratch.ts';

/** Where no lab is up, whatever engine this machine has: what the command keeps is kept elsewhere. */
const noLab = { DOCKER_HOST: '' };
const onTheirs = { CLUSTER: 'existing', KUBECONFIG: at('kubeconfig') };

/** Command and its words; what its variables say; exit code, what is told, what to do next. */
export type Row = readonly [command: string, says: Environment, exitCode: 2 | 3, told: RegExp, next: RegExp];

/** What is judged by typing it. */
export const rows: readonly Row[] = [
  // Which lessons.
  ['course', { ONLY: 'm99' }, 2, /^ONLY=m99 matches no exercise$/, /make course ONLY=m1\.e4/],
  ['course', { MAKEFLAGS: ' -- ID=m1.e4', ID: 'm1.e4' }, 2, /^the course is chosen by ONLY, not by ID$/, /ONLY=m1\.e4/],
  ['course', { ZTUNNEL: at('text.txt') }, 2, /^ZTUNNEL names no ztunnel/, /ZTUNNEL=\/path/],
  ['prove-red', { ONLY: '../m1' }, 2, /^ONLY=\.\.\/m1 matches no exercise$/, /specs\/README/],
  ['mutants', { SAMPLE: '0' }, 2, /^SAMPLE=0 is no count from 1 to/, /SAMPLE=10/],
  ['mutants', { UNTRIED: 'maybe' }, 2, /^UNTRIED=maybe is not supported$/, /UNTRIED=yes or UNTRIED=no/],
  ['faults', { FAULT: 'dns' }, 2, /^FAULT=dns is no fault$/, /FAULT=dns-down/],
  ['contracts', { ONLY: 'zzz' }, 2, /^ONLY=zzz matches no contract$/, /ONLY=/],
  ['air-gap', { IMAGES: 'upstream' }, 2, /fills a registry of its own/, /leave IMAGES/],
  ['watch', { ONLY: '' }, 2, /^watch needs an exercise$/, /make watch ONLY=/],
  ['follow', { ONLY: '' }, 2, /^follow needs an exercise$/, /make follow ONLY=/],
  ['follow', { ONLY: 'm1.e4', ...noLab }, 3, /^no lab is up$/, /^make up$/],
  ['soak', { N: '', ONLY: 'm1.e4', ...noLab }, 3, /^no lab is up$/, /^make up$/],

  // Which cluster.
  ['up', onTheirs, 2, /^make up works on a lab of the course/, /make course CLUSTER=existing/],
  ['up kind', { CLUSTER: 'k3s' }, 2, /^make kind-up starts kind/, /^make up, or/],
  ['doctor', { NODES: '2' }, 2, /^NODES=2 is not supported$/, /NODES=1 or NODES=3/],
  ['down', { ...onTheirs, CONTEXT: '' }, 2, /^CLUSTER=existing needs a context/, /CONTEXT=home or CONTEXT=work/],
  ['course', { ...onTheirs, CONTEXT: 'home', EAST: 'east' }, 2, /^there is no context east/, /EAST=home or EAST=work/],
  ['down', { ...onTheirs, KUBECONFIG: at('broken.yaml') }, 3, /is no kubeconfig that can be read/, /set KUBECONFIG/],
  ['down', { DOCKER_HOST: 'tcp://elsewhere:1' }, 3, /is not a socket of this machine$/, /unset DOCKER_HOST/],
  ['truth-table', { NODES: '3' }, 2, /^NODES=3 needs nodes that kind starts$/, /CLUSTER=kind NODES=3/],
  ['conformance', onTheirs, 2, /^make conformance works on a lab/, /make course/],
  ['isolation', onTheirs, 2, /^make isolation works on a lab/, /make course/],
  ['interrupts', onTheirs, 2, /^make interrupts works on a lab/, /make course/],
  ['bench', { TEXT: 'maybe' }, 2, /^TEXT=maybe is not supported$/, /TEXT=yes or TEXT=no/],
  ['images', { REGISTRY: 'https://mirror' }, 2, /^REGISTRY=https:\/\/mirror is no registry$/, /host:port/],
  ['shell', noLab, 3, /^no lab is up$/, /^make up$/],
  ['mtls-strict', { NAMESPACE: 'shop; ls' }, 2, /^NAMESPACE=shop; ls is no name of a namespace$/, /NAMESPACE=shop$/],
  ['istio-ambient', noLab, 2, /^ztunnel is in no package registry/, /ZTUNNEL=\/path/],
  ['observability', noLab, 3, /^no lab is up$/, /^make up$/],
  ['rollouts', noLab, 3, /^no lab is up$/, /^make up$/],
  ['kiali', noLab, 3, /^no lab is up$/, /^make up$/],
  ['graph', noLab, 3, /^no lab is up$/, /^make up$/],

  // Somebody's own cluster.
  ['discover', { PLAN: 'yes', FORGET: 'yes' }, 2, /FORGET=yes removes$/, /leave one of them out/],
  ['discover', { ...onTheirs, CONTEXT: '' }, 2, /^make discover needs a context/, /CONTEXT=home/],
  ['discover', { KUBECONFIG: at('text.txt') }, 3, /is no kubeconfig|no kubeconfig holds one$/, /KUBECONFIG/],
  ['discover', { ...onTheirs, CONTEXT: 'home', RUN: at('empty') }, 2, /holds no finished run$/, /RUN=reports\/html/],

  // What is shown and practised.
  ['demo', { DEMO: '' }, 2, /^demo needs a demo$/, /DEMO=security/],
  ['demo security', { DEMO: 'canary' }, 2, /^DEMO=canary is another demo/, /make demo-security/],
  ['demo security', noLab, 3, /^no lab is up$/, /^make up$/],
  ['demos', noLab, 3, /^no lab is up$/, /^make up$/],
  ['demo-script', { DEMO: '../x' }, 2, /^DEMO=\.\.\/x is no demo$/, /DEMO=security/],
  ['incident', { SEED: '', ...noLab }, 3, /^no lab is up$/, /^make up$/],
  ['role-play', { SCENARIO: 'sarah', RUN: at('half') }, 2, /run\.json is no object of JSON$/, /name another folder/],
  ['role-play-paper', { SCENARIO: '' }, 2, /needs a scenario$/, /SCENARIO=sarah/],
  ['explain', { ID: '' }, 2, /^explain needs an exercise or a module$/, /make explain ID=m1\.e4/],
  ['explain', { ID: 'm99\nm98' }, 2, /^ID=m99 m98 is no exercise/, /make explain ID=m1\.e4/],
  ['evidence', { ID: 'm1.e4' }, 2, /^m1\.e4 is a whole exercise/, /make evidence ID=m1\.e4\./],
  ['story', { ID: 'm99' }, 2, /^ID=m99 is no exercise with an outcome$/, /make story ID=/],
  ['story', { ID: 'm2.e5', CUSTOMER: '' }, 2, /^story needs the name of a customer$/, /CUSTOMER="Acme Bank"/],
  ['forget', { SURE: 'maybe' }, 2, /^SURE=maybe is not supported$/, /SURE=yes/],

  // Runs, and folders that hold none.
  [
    'report',
    { RESULTS: `${at('empty')} ${at('nothing')}` },
    2,
    /holds no results of exercises$/,
    /RESULTS="dir1 dir2"/,
  ],
  ['report', { RESULTS: at('results') }, 2, /one-result\.json is no object of JSON$/, /remove it/],
  ['compare', { A: at('list'), B: at('other') }, 2, /run\.json is no record of a run$/, /name another folder/],
  ['compare', { A: at('text.txt'), B: at('empty') }, 2, /holds no finished run$/, /reports\/runs/],
  ['compare', { A: at('empty'), B: `${at('empty')}/` }, 2, /^A and B are both /, /A=dir B=dir/],
  ['matrix', { ISTIO: '1.31' }, 2, /goes through the versions by itself$/, /PAIRS=/],
  ['matrix', { PAIRS: '9.9' }, 2, /^PAIRS=9\.9 is no pair/, /use some of/],
  ['matrix', { RESULTS: at('empty') }, 2, /is no report that could be put into the matrix$/, /RESULTS="dir1 dir2"/],
  ['refresh', { PAIRS: '1.31' }, 2, /^PAIRS are those of the matrix$/, /MATRIX=yes/],
  ['refresh', { APPLY: 'yes' }, 2, /^make refresh changes nothing$/, /make versions APPLY=yes/],
  ['refresh', { AGAINST: at('empty') }, 2, /holds no finished run$/, /reports\/runs/],
  ['proof', { BUNDLE: at('text.txt') }, 2, /is no whole bundle/, /make course ONLY=m8\.e8/],
  ['scan', { REPORTS: at('text.txt') }, 2, /^there is no folder /, /make course/],
  ['bench-pair', { AGAINST: '' }, 2, /^AGAINST names no other checkout$/, /AGAINST=\.\.\/before/],
  ['bench-report', { EXERCISES: 'many' }, 2, /^EXERCISES=many is no count from 1 to/, /EXERCISES=200/],

  // Files and versions.
  ['roi', { INPUTS: at('empty') }, 2, /^there is no inputs file /, /make roi INPUTS=/],
  ['roi', { INPUTS: at('broken.yaml') }, 2, /broken\.yaml is no YAML: /, /^mend /],
  ['roi', { PROFILE: '../lisa' }, 2, /^PROFILE=\.\.\/lisa is no profile$/, /PROFILE=sarah/],
  ['roi', { PROFILE: 'lisa', INPUTS: 'mine.yaml' }, 2, /^PROFILE and INPUTS both name inputs$/, /INPUTS=mine\.yaml/],
  ['versions', { APPLY: 'yes', ONLY: 'm99' }, 2, /^ONLY=m99 matches no exercise$/, /make course/],
  ['new', { EXERCISE: '' }, 2, /^new needs the path of an exercise$/, /make new EXERCISE=01/],

  // Folders of the course's own, and what was typed behind make and nothing reads.
  ['progress', { MESH_MASTERY_STATE: projectRoot }, 2, /holds the checkout too/, /MESH_MASTERY_STATE=/],
  ['progress', { MESH_MASTERY_CACHE: scratch }, 2, /holds the state too/, /MESH_MASTERY_CACHE=/],
  ['follow', { ONLY: 'm1.e4', MESH_MASTERY_STATE: at('text.txt') }, 3, /text\.txt/, /\S/],
  ['watch', { ONLY: 'm1.e4', MESH_MASTERY_STATE: at('s'.repeat(120)) }, 3, /^no socket can be made/, /short path/],
  ['progress', { MAKEFLAGS: ' -- ONYL=m1.e4' }, 2, /^no command of the course reads ONYL$/, /make help/],
];

/** Commands that read no variable of their own. */
export const withoutInput = [
  'audit',
  'contents',
  'coverage',
  'errata',
  'flakes',
  'metrics-form',
  'sheets',
  'sources',
  'workflows',
];
