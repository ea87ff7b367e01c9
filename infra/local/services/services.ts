import { createServer } from 'node:http';
import { listenOnLoopback } from '../stack/listen-on-loopback.ts';
import { answers, refusing } from './answers.ts';

/** The parts of CryptoFunk's services that checks read: health endpoints, and the api's metrics page. */
export type LocalServices = {
  /** In the format of HTTP_TARGETS. */
  targets: string;
  /** Below this address, each service has a path of its own name. */
  url: string;
  close(): Promise<void>;
};

/** The port of a system service that no machine runs any more, so that no program listens there by chance. */
const NOBODYS_PORT = 1;

/** Starts them on one free loopback port, each under a path of its own name; some refuse every connection. */
export async function startLocalServices(): Promise<LocalServices> {
  const server = createServer((request, response) => {
    const [, service = '', path = ''] = /^\/([^/]+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const known = Object.hasOwn(answers, service) ? answers[service] : undefined;
    const answer = known !== undefined && Object.hasOwn(known, path) ? known[path] : undefined;
    response.writeHead(answer?.status ?? 404, { 'content-type': answer?.type ?? 'text/plain' });
    response.end(answer?.body ?? 'not found');
  });
  const { port, close } = await listenOnLoopback(server);
  const url = `http://127.0.0.1:${port}`;
  const targets = [
    ...Object.keys(answers).map((service) => `${service}=${url}/${service}`),
    ...refusing.map((service) => `${service}=http://127.0.0.1:${NOBODYS_PORT}`),
  ];
  return { url, targets: targets.join(','), close };
}
