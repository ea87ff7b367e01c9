type Resource = {
  name: string;
  singularName: string;
  kind: string;
  namespaced: boolean;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
};

const READ = ['get', 'list', 'watch'];

function resource(name: string, kind: string, namespaced: boolean, more: Partial<Resource> = {}): Resource {
  return { name, singularName: kind.toLowerCase(), kind, namespaced, verbs: READ, ...more };
}

const core = [
  resource('namespaces', 'Namespace', false, { shortNames: ['ns'] }),
  resource('nodes', 'Node', false, { shortNames: ['no'] }),
  resource('pods', 'Pod', true, { shortNames: ['po'], categories: ['all'] }),
  resource('pods/log', 'Pod', true, { singularName: '', verbs: ['get'] }),
  resource('events', 'Event', true, { shortNames: ['ev'] }),
];
const apps = [resource('deployments', 'Deployment', true, { shortNames: ['deploy'], categories: ['all'] })];
const metrics = [
  resource('nodes', 'NodeMetrics', false, { singularName: '', verbs: ['get', 'list'] }),
  resource('pods', 'PodMetrics', true, { singularName: '', verbs: ['get', 'list'] }),
];

const groups = [group('apps', 'v1'), group('metrics.k8s.io', 'v1beta1')];

/**
 * A server's description of itself: kubectl reads it first, to learn the URL of `pods`. Source:
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
export const discovery: Readonly<Record<string, unknown>> = {
  '/version': { major: '1', minor: '32', gitVersion: 'v1.32.4', platform: 'linux/amd64' },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups },
  '/api/v1': resources('v1', core),
  '/apis/apps': { kind: 'APIGroup', apiVersion: 'v1', ...groups[0] },
  '/apis/apps/v1': resources('apps/v1', apps),
  '/apis/metrics.k8s.io': { kind: 'APIGroup', apiVersion: 'v1', ...groups[1] },
  '/apis/metrics.k8s.io/v1beta1': resources('metrics.k8s.io/v1beta1', metrics),
};

function group(name: string, version: string) {
  const preferred = { groupVersion: `${name}/${version}`, version };
  return { name, versions: [preferred], preferredVersion: preferred };
}

function resources(groupVersion: string, listed: Resource[]) {
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: listed };
}
