import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dig,
  type PackagedService,
  packageService,
  type Resource,
} from '../support/servers/packaged-service.ts';

let service: PackagedService;

beforeAll(async () => {
  service = await packageService();
});

afterAll(() => service.remove());

function ofType(type: string): [string, Resource][] {
  return Object.entries(service.resources).filter(([, resource]) => resource.Type === type);
}

function resource(id: string): Resource {
  const found = service.resources[id];
  if (!found) throw new Error(`the template has no ${id}`);
  return found;
}

/** The logical id in `{ 'Fn::GetAtt': [id, attribute] }`. */
function attributeOf(value: unknown): string {
  return String(dig(value, 'Fn::GetAtt', 0));
}

/** The functions by name in serverless.yml, `receiveWebhook`. */
function functions(): Record<string, Resource['Properties']> {
  return Object.fromEntries(
    ofType('AWS::Lambda::Function').map(([, { Properties }]) => [
      String(Properties.FunctionName).replace('first-responder-production-', ''),
      Properties,
    ]),
  );
}

describe('the packaged service', () => {
  it('has a function for every file in handlers/', () => {
    const files = readdirSync(new URL('../../handlers', import.meta.url)).filter((name) =>
      name.endsWith('.ts'),
    );
    const expected = files.map((name) => `handlers/${name.replace('.ts', '.handler')}`);

    const handlers = Object.values(functions()).map(({ Handler }) => String(Handler));

    expect(handlers.toSorted()).toEqual(expected.toSorted());
  });

  it('runs every function on Node 24 and arm64, each with a role of the template', () => {
    for (const properties of Object.values(functions())) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(resource(attributeOf(properties.Role)).Type).toBe('AWS::IAM::Role');
    }
    expect(service.resources).not.toHaveProperty('IamRoleLambdaExecution');
  });

  it('has the routes of the API', () => {
    const routes = ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) =>
      String(Properties.RouteKey),
    );

    expect(routes.toSorted()).toEqual([
      'DELETE /maintenance/{id}',
      'GET /',
      'GET /console',
      'GET /console/{proxy+}',
      'GET /dead-letters',
      'GET /health',
      'GET /incidents',
      'GET /incidents.atom',
      'GET /incidents.csv',
      'GET /incidents.jsonl',
      'GET /incidents/{id}',
      'GET /incidents/{id}/report',
      'GET /maintenance',
      'GET /quarantine',
      'GET /stats',
      'POST /dead-letters/redrive',
      'POST /incidents/{id}/acknowledge',
      'POST /incidents/{id}/resolve',
      'POST /maintenance',
      'POST /slack/actions',
      'POST /webhooks/alertmanager',
    ]);
  });

  it('answers before API Gateway gives up at 30 s', () => {
    const integrations = ofType('AWS::ApiGatewayV2::Integration').map(([, { Properties }]) =>
      attributeOf(Properties.IntegrationUri),
    );

    expect(new Set(integrations).size).toBe(16);
    for (const id of integrations) expect(resource(id).Properties.Timeout).toBeLessThan(30);
  });

  it('has one table, with its indexes, its expiry and its backups, kept when the stack goes', () => {
    const [table, ...more] = ofType('AWS::DynamoDB::Table');

    expect(more).toEqual([]);
    expect(table?.[0]).toBe('IncidentTable');
    expect(table?.[1]).toMatchObject({ DeletionPolicy: 'Retain' });
    const { Properties } = resource('IncidentTable');
    expect(Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
    expect([0, 1, 2, 3].map((at) => dig(Properties.GlobalSecondaryIndexes, at, 'IndexName'))).toEqual([
      'due',
      'open',
      'byTime',
      'byAlertname',
    ]);
  });

  it.each([
    ['DiagnoseQueue', 'DiagnoseDeadLetters', 4],
    ['DeliverQueue', 'DeliverDeadLetters', 100],
  ])('has %s, whose dead letters go to %s', (queue, deadLetters, maxReceiveCount) => {
    const { Properties } = resource(queue);

    expect(Properties).toMatchObject({ FifoQueue: true, MaximumMessageSize: 1_048_576 });
    expect(Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters, 'Arn'] },
      maxReceiveCount,
    });
    expect(resource(deadLetters)).toMatchObject({ Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } });
  });

  it('connects each queue to its function, with partial batch answers and a visibility of six timeouts', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => ({
      queue: attributeOf(Properties.EventSourceArn),
      function: attributeOf(Properties.FunctionName),
      answers: Properties.FunctionResponseTypes,
      batch: Properties.BatchSize,
    }));

    const both = { answers: ['ReportBatchItemFailures'], batch: 1 };
    expect(mappings).toEqual([
      { queue: 'DiagnoseQueue', function: 'DiagnoseIncidentLambdaFunction', ...both },
      { queue: 'DiagnoseDeadLetters', function: 'DiagnoseDeadLettersLambdaFunction', ...both },
      { queue: 'DeliverQueue', function: 'DeliverNoticeLambdaFunction', ...both },
    ]);
    for (const mapping of mappings) {
      const visibility = Number(resource(mapping.queue).Properties.VisibilityTimeout);
      expect(visibility).toBeGreaterThanOrEqual(6 * Number(resource(mapping.function).Properties.Timeout));
    }
  });

  it('ticks every minute', () => {
    const [[, rule] = []] = ofType('AWS::Events::Rule');

    expect(rule?.Properties).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    expect(attributeOf(dig(rule, 'Properties', 'Targets', 0, 'Arn'))).toBe('TickLambdaFunction');
  });

  it('gives every function parts of the template', () => {
    for (const [name, { Environment }] of Object.entries(functions())) {
      expect(dig(Environment, 'Variables', 'TABLE_NAME'), name).toEqual({ Ref: 'IncidentTable' });
    }
    const { diagnoseIncident, diagnoseDeadLetters } = functions();
    expect(dig(diagnoseIncident, 'Environment', 'Variables')).toMatchObject({
      DIAGNOSE_QUEUE_URL: { Ref: 'DiagnoseQueue' },
      DELIVER_QUEUE_URL: { Ref: 'DeliverQueue' },
    });
    expect(dig(diagnoseDeadLetters, 'Environment', 'Variables')).toMatchObject({
      DIAGNOSE_DEAD_LETTERS_URL: { Ref: 'DiagnoseDeadLetters' },
    });
  });

  it('gives who sends mails the lists that routing.yaml names, and nobody else', () => {
    const withLists = Object.entries(functions()).filter(
      ([, { Environment }]) => dig(Environment, 'Variables', 'CRITICAL_ALERT_EMAIL_TO') !== undefined,
    );

    expect(withLists.map(([name]) => name).toSorted()).toEqual([
      'deliverNotice',
      'diagnoseDeadLetters',
      'diagnoseIncident',
      'tick',
    ]);
  });

  it('lets only those functions write that have to', () => {
    const actions = (role: string): string[] => {
      const statements = dig(resource(role), 'Properties', 'Policies', 0, 'PolicyDocument', 'Statement');
      return Object.values(Object(statements)).flatMap((statement) =>
        [dig(statement, 'Action')].flat().map(String),
      );
    };

    expect(actions('ReadHistoryRole').filter((action) => /Put|Update|Delete|Send/.test(action))).toEqual([
      'logs:PutLogEvents',
    ]);
    const ofQueues = (role: string) => actions(role).filter((action) => action.startsWith('sqs:'));
    expect(ofQueues('ListDeadLettersRole')).toEqual([
      'sqs:ReceiveMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ]);
    expect(ofQueues('RedriveDeadLettersRole').toSorted()).toEqual([
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ]);
    for (const [id] of ofType('AWS::IAM::Role')) {
      expect(
        actions(id).filter((action) => action.includes('*') || action.startsWith('dynamodb:Delete')),
      ).toEqual([]);
    }
  });

  it('raises an alarm when notices become dead letters and when tick stops', () => {
    expect(resource('DeliverDeadLettersAlarm').Properties.Dimensions).toEqual([
      { Name: 'QueueName', Value: { 'Fn::GetAtt': ['DeliverDeadLetters', 'QueueName'] } },
    ]);
    expect(resource('TickMissingAlarm').Properties).toMatchObject({
      TreatMissingData: 'breaching',
      AlarmActions: [{ Ref: 'AlarmTopic' }],
    });
  });
});

describe('a bundle', () => {
  it('holds the present runbooks', async () => {
    const compiled = await service.read('.build/runbook-catalog.ts');

    expect(compiled).toContain('"alertname": "DatabaseConnectionPoolCritical"');
  });

  it('of receive-webhook holds nothing that only later steps need', async () => {
    const { packages, bytes } = await service.bundle('receive-webhook');

    expect(packages).toEqual(
      expect.arrayContaining(['@aws-sdk/client-dynamodb', '@aws-sdk/client-sqs', 'zod']),
    );
    for (const heavy of [
      'pg',
      'nodemailer',
      '@slack/web-api',
      'axios',
      '@marcbachmann/cel-js',
      're2js',
      'yaml',
    ]) {
      expect(packages).not.toContain(heavy);
    }
    expect(bytes).toBeLessThan(520_000);
  });

  it.each([
    ['diagnose-incident', ['pg', 'axios', 're2js'], ['nodemailer', '@slack/web-api', 'fast-png', 'yaml']],
    ['deliver-notice', ['nodemailer', '@slack/web-api', 'fast-png'], ['pg', 'yaml']],
    [
      'slack-actions',
      ['axios', 'zod'],
      ['pg', 'nodemailer', '@slack/web-api', 'yaml', '@marcbachmann/cel-js', 're2js'],
    ],
    [
      'list-incidents',
      ['@aws-sdk/client-dynamodb'],
      ['@aws-sdk/client-sqs', 'pg', 'nodemailer', '@slack/web-api', 'csv-stringify', 'fast-xml-builder'],
    ],
    ['change-maintenance', ['re2js'], ['@aws-sdk/client-sqs', 'pg', 'nodemailer', '@slack/web-api']],
    ['tick', ['@aws-sdk/client-sqs'], ['pg', 're2js']],
    ['export-incidents', ['csv-stringify'], ['@aws-sdk/client-sqs', 'fast-xml-builder']],
    ['feed-incidents', ['fast-xml-builder'], ['@aws-sdk/client-sqs', 'csv-stringify']],
    ['list-dead-letters', ['@aws-sdk/client-sqs'], ['@aws-sdk/client-dynamodb', 'pg', 'nodemailer']],
  ])('of %s holds what it needs and no more', async (file, needed, spared) => {
    const { packages } = await service.bundle(file);

    expect(packages).toEqual(expect.arrayContaining(needed));
    expect(packages.filter((name) => spared.includes(name))).toEqual([]);
  });

  it('of console holds the page and no client of any service', async () => {
    const { packages, bytes } = await service.bundle('console');

    expect(packages).toEqual([]);
    expect(bytes).toBeLessThan(220_000);
  });

  it('of list-incidents holds the parts of zod that it calls, not all of it', async () => {
    const { bytes } = await service.bundle('list-incidents');

    expect(bytes).toBeLessThan(470_000);
  });

  it('of receive-webhook holds no rules of redaction, those of the API hold them', async () => {
    const rules = async (file: string) =>
      (await service.bundle(file)).files.filter((path) => path.includes('lib/core/redaction/'));

    expect(await rules('receive-webhook')).toEqual([]);
    expect((await rules('list-incidents')).length).toBeGreaterThan(5);
  });

  it('of any function is small enough to start fast', async () => {
    const files = Object.values(functions()).map(
      ({ Handler }) => /([\w-]+)\.handler$/.exec(String(Handler))?.[1] ?? '',
    );

    for (const file of files) {
      const { bytes } = await service.bundle(file);
      expect(bytes, file).toBeGreaterThan(0);
      expect(bytes, file).toBeLessThan(1_450_000);
    }
  });
});
