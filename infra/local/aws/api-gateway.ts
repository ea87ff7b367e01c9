import { createServer, type IncomingMessage, request, type ServerResponse, STATUS_CODES } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { listenOnLoopback } from '../stack/listen-on-loopback.ts';

export type ApiGatewayOptions = {
  /** Where it listens; 0 for any free port. */
  port: number;
  /** Other names of it, with their ports: those of a tunnel that leads here. */
  publicHosts?: readonly string[];
  /** Called for each request that a function failed to answer, with a line like the functions' own. */
  onLine(line: string): void;
};

export type ApiGateway = {
  port: number;
  /** From now on requests go to the `serverless offline` on this port. */
  open(offlinePort: number): void;
  close(): Promise<void>;
};

/** The result of a request; `failure` says why it is no answer of the function. */
type Answer = { status: number; headers: IncomingMessage['headers']; body: Buffer; failure?: string };

/** Seconds after which a sender may repeat a request that nobody could accept. */
const RETRY_AFTER = '1';

/**
 * Stands before `serverless offline`, which answers 200 when a function throws or exceeds its timeout, with the error
 * report as if it were the result. A sender would count such a webhook as stored. Here the answer is 502 or 504 as by
 * API Gateway, and 503 when nothing answers at all. It listens from the start of the stack on, and answers 503 until
 * the functions are ready, so that an early sender tries again. Throws the error of `listen` when the port is taken.
 */
export async function startApiGateway(options: ApiGatewayOptions): Promise<ApiGateway> {
  let offlinePort: number | undefined;
  const server = createServer((incoming, outgoing) => {
    if (offlinePort === undefined) return refuseEarly(incoming, outgoing);
    void answer(incoming, outgoing, offlinePort, options.onLine);
  });
  const { port, close } = await listenOnLoopback(server, options.port, options.publicHosts);
  return {
    port,
    open(functions) {
      offlinePort = functions;
    },
    close,
  };
}

function refuseEarly(incoming: IncomingMessage, outgoing: ServerResponse): void {
  // The body of such a request is not read.
  incoming.resume();
  const { status, headers, body } = failed(503, 'the stack is starting');
  outgoing.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  offlinePort: number,
  onLine: (line: string) => void,
): Promise<void> {
  const { status, headers, body, failure } = await answerTo(incoming, outgoing, offlinePort);
  // A sender that has left gets no answer, and that is no failure.
  if (outgoing.destroyed) return;
  if (failure !== undefined) {
    const { method, url } = incoming;
    onLine(JSON.stringify({ level: 'error', message: 'a request failed', status, method, url, failure }));
  }
  outgoing.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}

async function answerTo(incoming: IncomingMessage, outgoing: ServerResponse, port: number): Promise<Answer> {
  try {
    const answer = await passOn(incoming, outgoing, port);
    const report = answer.status === 200 ? failureReport(answer.body.toString()) : undefined;
    if (report === undefined) return answer;
    return failed(report.errorMessage === TIMED_OUT ? 504 : 502, report.errorMessage);
  } catch (error) {
    return failed(503, error instanceof Error ? error.message : String(error));
  }
}

function passOn(incoming: IncomingMessage, outgoing: ServerResponse, port: number): Promise<Answer> {
  const { method, url: path } = incoming;
  // `expect` has been answered here already, and nobody waits for a second answer. With an origin, `serverless offline`
  // would allow any page to read the answer. The name has been checked here.
  const { expect: _e, origin: _o, host: _h, ...kept } = incoming.headers;
  const headers = { ...kept, host: `127.0.0.1:${port}` };
  return new Promise((resolve, reject) => {
    const onward = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
    onward.on('error', reject);
    onward.on('response', (response) => {
      const { connection: _c, 'transfer-encoding': _t, ...answered } = response.headers;
      const status = response.statusCode ?? 502;
      buffer(response).then((body) => resolve({ status, headers: withoutCors(answered), body }), reject);
    });
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
}

/** No page but the API's own may read an answer, and that one needs no permission. */
function withoutCors(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-')));
}

/** The message of its LambdaTimeoutError. */
const TIMED_OUT = '[504] - Lambda timeout.';

/** Recognises its error report: our functions always set a status, and answer with other fields. */
const reportSchema = z.strictObject({
  errorMessage: z.string(),
  errorType: z.string(),
  stackTrace: z.nullable(z.array(z.string())),
});

function failureReport(body: string): z.infer<typeof reportSchema> | undefined {
  try {
    return reportSchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function failed(status: number, failure: string): Answer {
  const body = Buffer.from(JSON.stringify({ message: STATUS_CODES[status] }));
  const retry = status === 503 ? { 'retry-after': RETRY_AFTER } : {};
  return { status, headers: { 'content-type': 'application/json', ...retry }, body, failure };
}
