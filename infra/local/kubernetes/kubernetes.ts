import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { listenOnLoopback } from '../stack/listen-on-loopback.ts';
import { createLocalAuthority } from '../stack/local-authority.ts';
import { NAMESPACE } from './sample-cluster.ts';
import { type ClusterAnswer, failure, readOnly, serveCluster } from './serve-cluster.ts';

export type LocalKubernetes = {
  port: number;
  /** For KUBERNETES_URL. */
  url: string;
  /** For KUBERNETES_TOKEN. */
  token: string;
  /** For KUBERNETES_CA: PEM of the authority that signed its certificate. */
  authority: string;
  /** A kubeconfig for kubectl. */
  kubectlFlags: string;
  /** Every request, in order, with its answer. */
  requests(): KubernetesRequest[];
  close(): Promise<void>;
};

export type KubernetesRequest = { method: string; url: string; status: number };

/** Not a secret: it opens this stand-in alone, which holds nothing. */
const TOKEN = 'local-kubernetes-token';

/**
 * A stand-in for Kubernetes' API on a free loopback port, with the sample cluster in trouble: pods, their logs, events,
 * deployments and metrics, for first-responder and for kubectl. It speaks TLS, because kubectl sends its token over
 * nothing else, and refuses everything but a GET. Times in the trouble count back from `now`: always the present,
 * unless given, so that the trouble does not age.
 */
export async function startLocalKubernetes({ now = Date.now } = {}): Promise<LocalKubernetes> {
  const authority = createLocalAuthority("first-responder's local stack");
  const serve = serveCluster(now);
  const requests: KubernetesRequest[] = [];

  function answerTo(request: IncomingMessage): ClusterAnswer {
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      return failure(401, 'Unauthorized', 'Unauthorized');
    if (request.method !== 'GET') return readOnly();
    const url = URL.parse(request.url ?? '/', 'https://local');
    if (url === null) return failure(400, 'BadRequest', 'the URL cannot be read');
    return serve(url, request.headers.accept ?? '');
  }

  const server = createServer(authority.issue(['127.0.0.1', 'localhost']), (request, response) => {
    const answer = answerTo(request);
    requests.push({ method: request.method ?? '', url: request.url ?? '', status: answer.status });
    // The body of a refused request is not read.
    request.resume();
    reply(response, answer);
  });
  const { port, close } = await listenOnLoopback(server);
  const url = `https://127.0.0.1:${port}`;

  return {
    port,
    url,
    token: TOKEN,
    authority: authority.certificate,
    kubectlFlags: `--server ${url} --token ${TOKEN} --insecure-skip-tls-verify -n ${NAMESPACE}`,
    requests: () => [...requests],
    close,
  };
}

function reply(response: ServerResponse, { status, body, open }: ClusterAnswer): void {
  const isText = typeof body === 'string' && !open;
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' });
  if (open) response.flushHeaders();
  else response.end(isText ? body : JSON.stringify(body));
}
