import type { ServerResponse } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchParameter } from '../../lib/adapters/secrets/fetch-parameter.ts';
import { createAwsClient } from '../../lib/wiring/aws-client.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

const quick = { connectMs: 1_000, answerMs: 60 };
const known = { region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

afterEach(stopServing);

type Service = {
  name: string;
  ask(endpoint: string, options: ReturnType<typeof createAwsClient>): Promise<unknown>;
};

const services: Service[] = [
  {
    name: 'DynamoDB',
    ask: (endpoint, options) =>
      new DynamoDBClient({ ...known, ...options, endpoint }).send(
        new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } }),
      ),
  },
  {
    name: 'SQS',
    ask: (endpoint, options) =>
      new SQSClient({ ...known, ...options, endpoint }).send(
        new SendMessageCommand({ QueueUrl: `${endpoint}/1/q`, MessageBody: 'x' }),
      ),
  },
  {
    name: 'SSM',
    ask: (endpoint, options) => fetchParameter('/token', { ...known, ...options, endpoint }),
  },
];

const silences: [string, (response: ServerResponse) => void][] = [
  ['answers nothing', () => {}],
  [
    'stops in the middle of its answer',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '100' });
      response.write('{');
    },
  ],
];

describe.each(services)('$name', ({ ask }) => {
  it.each(silences)('that %s gets three requests and is then given up', async (_, silence) => {
    let asked = 0;
    const endpoint = await serve((_request, response) => {
      asked += 1;
      silence(response);
    });

    await expect(ask(endpoint, createAwsClient(quick))).rejects.toThrow();

    expect(asked).toBe(3);
  });
});
