import { describe, expect, it } from 'vitest';
import {
  createDeliverNoticeSchema,
  createDiagnoseIncidentSchema,
  createReadHistorySchema,
  createReceiveWebhookSchema,
  createSlackActionsSchema,
  createTickSchema,
} from '../../../lib/config/handler-schemas.ts';
import {
  ConfigurationError,
  loadConfiguration,
  loadWithMailLists,
} from '../../../lib/config/load-configuration.ts';

const webhook = {
  TABLE_NAME: 'incidents',
  DIAGNOSE_QUEUE_URL: 'https://sqs.example/1/diagnose.fifo',
  WEBHOOK_TOKENS: 'prod=secret',
};

const noParameters = async (name: string): Promise<string> => {
  throw new Error(`nothing should be read from Parameter Store, but ${name} was`);
};

async function refusal(loading: Promise<unknown>): Promise<ConfigurationError> {
  const error = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigurationError) return error;
  throw new Error('it was accepted', { cause: error });
}

describe('loadConfiguration', () => {
  it('names every bad variable in one sentence', async () => {
    const environment = {
      DIAGNOSE_QUEUE_URL: 'nonsense',
      WEBHOOK_TOKENS: 'no-source',
      RETENTION_DAYS: 'soon',
    };

    const error = await refusal(loadConfiguration(createReceiveWebhookSchema(), noParameters, environment));

    expect(error.message).toBe(
      'Bad configuration: TABLE_NAME is required; RETENTION_DAYS must be a whole number from 1 to 36500; ' +
        'DIAGNOSE_QUEUE_URL must be a URL like https://host:port; ' +
        'WEBHOOK_TOKENS must look like source=token,source=token.',
    );
  });

  it('never repeats a value', async () => {
    const secret = 'hunter2';
    const environment = {
      TABLE_NAME: 'incidents',
      DIAGNOSE_QUEUE_URL: secret,
      DELIVER_QUEUE_URL: secret,
      DATABASE_URL: secret,
      PROMETHEUS_URL: secret,
      ALERTMANAGER_URL: `prod=${secret}`,
      SLACK_WEBHOOK_URL: secret,
      HTTP_TARGETS: `api=${secret}`,
    };

    const error = await refusal(loadConfiguration(createDiagnoseIncidentSchema(), noParameters, environment));

    expect(error.problems).toHaveLength(7);
    expect(JSON.stringify([error.message, error.problems])).not.toContain(secret);
  });

  it('takes an empty variable for a missing one', async () => {
    const config = await loadConfiguration(createReceiveWebhookSchema(), noParameters, {
      ...webhook,
      RETENTION_DAYS: '',
    });

    expect(config.RETENTION_DAYS).toBe(400);
  });

  it('ignores variables of other handlers, even bad ones', async () => {
    const environment = { ...webhook, SMTP_PORT: 'none', DATABASE_URL: 'nowhere' };

    await expect(
      loadConfiguration(createReceiveWebhookSchema(), noParameters, environment),
    ).resolves.toMatchObject({
      TABLE_NAME: 'incidents',
    });
  });

  it('reads a secret from the parameter that NAME_PARAMETER names', async () => {
    const { WEBHOOK_TOKENS: _, ...rest } = webhook;
    const environment = { ...rest, WEBHOOK_TOKENS_PARAMETER: '/prod/tokens' };

    const config = await loadConfiguration(
      createReceiveWebhookSchema(),
      async (name) => (name === '/prod/tokens' ? 'prod=from-store' : ''),
      environment,
    );

    expect(config.WEBHOOK_TOKENS).toEqual([{ source: 'prod', token: 'from-store' }]);
  });

  it('names the parameter variable when it cannot be read, and says nothing twice', async () => {
    const { WEBHOOK_TOKENS: _, ...rest } = webhook;
    const environment = { ...rest, WEBHOOK_TOKENS_PARAMETER: '/prod/tokens' };
    const denied = () => Promise.reject(new Error('AccessDenied'));

    const error = await refusal(loadConfiguration(createReceiveWebhookSchema(), denied, environment));

    expect(error.problems).toEqual([
      { variable: 'WEBHOOK_TOKENS_PARAMETER', problem: 'names a parameter that cannot be read' },
    ]);
    expect(error.cause).toEqual(new Error('AccessDenied'));
  });

  it('refuses a secret that is given both ways', async () => {
    const environment = { ...webhook, WEBHOOK_TOKENS_PARAMETER: '/prod/tokens' };

    const error = await refusal(loadConfiguration(createReceiveWebhookSchema(), noParameters, environment));

    expect(error.message).toContain('WEBHOOK_TOKENS is set twice, also as WEBHOOK_TOKENS_PARAMETER');
  });

  it('reads no parameter for a variable that is no secret', async () => {
    const { TABLE_NAME: _, ...rest } = webhook;

    const error = await refusal(
      loadConfiguration(createReceiveWebhookSchema(), noParameters, {
        ...rest,
        TABLE_NAME_PARAMETER: '/table',
      }),
    );

    expect(error.problems).toEqual([{ variable: 'TABLE_NAME', problem: 'is required' }]);
  });
});

describe('WEBHOOK_TOKENS', () => {
  const load = async (WEBHOOK_TOKENS: string) =>
    (await loadConfiguration(createReceiveWebhookSchema(), noParameters, { ...webhook, WEBHOOK_TOKENS }))
      .WEBHOOK_TOKENS;

  it('holds several tokens for one source, and tokens with = in them', async () => {
    expect(await load('prod=old, prod=new==,staging=x')).toEqual([
      { source: 'prod', token: 'old' },
      { source: 'prod', token: 'new==' },
      { source: 'staging', token: 'x' },
    ]);
  });

  it.each([
    ['one token for two sources', 'prod=same,staging=same'],
    ['a source without a token', 'prod='],
    ['a token without a source', '=token'],
    ['a source that is no name', 'a b=token'],
    ['nothing but commas', ',,'],
  ])('may not be %s', async (_what, value) => {
    await expect(load(value)).rejects.toThrow('WEBHOOK_TOKENS');
  });
});

describe('ALERTMANAGER_URL', () => {
  const queue = {
    TABLE_NAME: 'incidents',
    DIAGNOSE_QUEUE_URL: 'https://sqs.example/1/diagnose.fifo',
    DELIVER_QUEUE_URL: 'https://sqs.example/1/deliver.fifo',
  };
  const load = async (ALERTMANAGER_URL: string) =>
    (await loadConfiguration(createTickSchema(), noParameters, { ...queue, ALERTMANAGER_URL }))
      .ALERTMANAGER_URL;

  it.each([
    ['http://am:9093/', { anySource: ['http://am:9093'], bySource: {} }],
    ['http://a:1|http://b:2', { anySource: ['http://a:1', 'http://b:2'], bySource: {} }],
    [
      'prod=http://a:1|http://b:2,dev=http://c:3',
      {
        anySource: [],
        bySource: { prod: ['http://a:1', 'http://b:2'], dev: ['http://c:3'] },
      },
    ],
    ['http://am:9093/?tenant=a', { anySource: ['http://am:9093/?tenant=a'], bySource: {} }],
  ])('reads %s', async (value, urls) => {
    expect(await load(value)).toEqual(urls);
  });

  it.each(['am:9093', 'prod=am', 'ftp://am', 'http://a:1|nowhere', 'a b=http://am'])(
    'refuses %s',
    async (value) => {
      await expect(load(value)).rejects.toThrow('ALERTMANAGER_URL must be a URL');
    },
  );
});

describe('HTTP_TARGETS', () => {
  const queues = {
    TABLE_NAME: 'incidents',
    DIAGNOSE_QUEUE_URL: 'https://sqs.example/1/diagnose.fifo',
    DELIVER_QUEUE_URL: 'https://sqs.example/1/deliver.fifo',
  };
  const load = async (HTTP_TARGETS: string) => {
    const environment = { ...queues, HTTP_TARGETS };
    return (await loadConfiguration(createDiagnoseIncidentSchema(), noParameters, environment)).HTTP_TARGETS;
  };

  it('gives each name its base URL', async () => {
    expect(await load('api=http://api:8080/, mcp.risk-1=https://u:p@risk.example/mcp')).toEqual(
      new Map([
        ['api', 'http://api:8080'],
        ['mcp.risk-1', 'https://u:p@risk.example/mcp'],
      ]),
    );
  });

  it('may be in Parameter Store, because a URL can hold a password', async () => {
    const environment = { ...queues, HTTP_TARGETS_PARAMETER: '/prod/targets' };

    const config = await loadConfiguration(
      createDiagnoseIncidentSchema(),
      async () => 'api=http://u:p@api',
      environment,
    );

    expect(config.HTTP_TARGETS).toEqual(new Map([['api', 'http://u:p@api']]));
  });

  it.each([
    ['a URL without a name', 'http://api:8080'],
    ['a name without a URL', 'api='],
    ['a name that is none', '../api=http://api:8080'],
    ['what is no URL', 'api=api:8080'],
    ['another scheme', 'api=file:///etc/passwd'],
    ['a URL to which no path can be added', 'api=http://api:8080/?x=1'],
    ['nothing but commas', ',,'],
  ])('may not be %s', async (_what, value) => {
    await expect(load(value)).rejects.toThrow('HTTP_TARGETS must look like name=url,name=url');
  });

  it('may not give one name to two URLs', async () => {
    await expect(load('api=http://a,api=http://b')).rejects.toThrow(
      'HTTP_TARGETS gives two URLs to one name',
    );
  });
});

describe('NOTIFY_WEBHOOKS', () => {
  const deliver = {
    TABLE_NAME: 'incidents',
    DELIVER_QUEUE_URL: 'https://sqs.example/1/deliver.fifo',
    NOTIFY_WEBHOOK_SECRET: 'shared',
  };
  const load = async (NOTIFY_WEBHOOKS: string, change: Record<string, string> = {}) =>
    loadConfiguration(createDeliverNoticeSchema(), noParameters, { ...deliver, NOTIFY_WEBHOOKS, ...change });

  it('gives each name its address as it is written', async () => {
    const { NOTIFY_WEBHOOKS: urls } = await load(
      'pager=https://pager.example/in/?a=1,own=http://127.0.0.1:9/',
    );

    expect(urls).toEqual(
      new Map([
        ['pager', 'https://pager.example/in/?a=1'],
        ['own', 'http://127.0.0.1:9/'],
      ]),
    );
  });

  it.each(['pager=http://pager.example/in', 'pager=http://127.0.0.1.evil.example/'])(
    'must be https beyond this machine: %s',
    async (value) => {
      await expect(load(value)).rejects.toThrow(
        'NOTIFY_WEBHOOKS must have https URLs, except on this machine',
      );
    },
  );

  it('needs a secret to sign with', async () => {
    await expect(load('pager=https://pager.example', { NOTIFY_WEBHOOK_SECRET: '' })).rejects.toThrow(
      'NOTIFY_WEBHOOK_SECRET is required with NOTIFY_WEBHOOKS',
    );
  });

  it('and its secret may be in Parameter Store', async () => {
    const parameters: Record<string, string> = {
      '/urls': 'pager=https://pager.example',
      '/secret': 'shared',
    };
    const config = await loadConfiguration(
      createDeliverNoticeSchema(),
      async (name) => parameters[name] ?? '',
      {
        TABLE_NAME: 'incidents',
        DELIVER_QUEUE_URL: 'https://sqs.example/1/deliver.fifo',
        NOTIFY_WEBHOOKS_PARAMETER: '/urls',
        NOTIFY_WEBHOOK_SECRET_PARAMETER: '/secret',
      },
    );

    expect(config).toMatchObject({ NOTIFY_WEBHOOK_SECRET: 'shared' });
  });
});

describe('the other variables', () => {
  const deliver = { TABLE_NAME: 'incidents', DELIVER_QUEUE_URL: 'https://sqs.example/1/deliver.fifo' };

  it('have the defaults that mail needs', async () => {
    const config = await loadConfiguration(createDeliverNoticeSchema(), noParameters, deliver);

    expect(config).toMatchObject({
      SMTP_PORT: 587,
      SMTP_FROM: 'first-responder@localhost',
      RETENTION_DAYS: 400,
    });
  });

  it.each(['0', '65536', '25.0', '-1', '1e3', 'smtp'])('may not make SMTP_PORT %s', async (SMTP_PORT) => {
    const loading = loadConfiguration(createDeliverNoticeSchema(), noParameters, { ...deliver, SMTP_PORT });

    await expect(loading).rejects.toThrow('SMTP_PORT must be a whole number from 1 to 65535');
  });

  it('take the mail lists that routing.yaml names, with spaces around the commas', async () => {
    const names = ['ALERT_EMAIL_TO', 'DESK_EMAIL_TO', 'UNSET_EMAIL_TO'];
    const { mailLists } = await loadWithMailLists(createDeliverNoticeSchema(), names, noParameters, {
      ...deliver,
      ALERT_EMAIL_TO: 'a@example.com , b@example.com',
      DESK_EMAIL_TO: 'desk@example.com',
      OTHER_EMAIL_TO: 'nobody@example.com',
    });

    expect(mailLists).toEqual({
      ALERT_EMAIL_TO: ['a@example.com', 'b@example.com'],
      DESK_EMAIL_TO: ['desk@example.com'],
    });
  });

  it('name a bad mail list together with everything else that is wrong', async () => {
    const environment = { ...deliver, SMTP_PORT: 'smtp', DESK_EMAIL_TO: 'desk' };

    const loading = loadWithMailLists(
      createDeliverNoticeSchema(),
      ['DESK_EMAIL_TO'],
      noParameters,
      environment,
    );

    await expect(loading).rejects.toThrow(/^Bad configuration: SMTP_PORT .*; DESK_EMAIL_TO .*\.$/);
  });

  it('may leave out all tokens of the API for people', async () => {
    const config = await loadConfiguration(createReadHistorySchema(), noParameters, {
      TABLE_NAME: 'incidents',
    });

    expect(config).toEqual({ TABLE_NAME: 'incidents', RETENTION_DAYS: 400 });
  });
});

describe('what Kubernetes is reached by', () => {
  const given = {
    TABLE_NAME: 'incidents',
    DIAGNOSE_QUEUE_URL: 'https://sqs.example/1/diagnose.fifo',
    DELIVER_QUEUE_URL: 'https://sqs.example/1/deliver.fifo',
    KUBERNETES_URL: 'https://kubernetes.example:6443/',
  };
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

  function load(change: Record<string, string>) {
    return loadConfiguration(createDiagnoseIncidentSchema(), noParameters, { ...given, ...change });
  }

  it.each([
    ['PEM', pem],
    ['base64 of PEM, as in a kubeconfig file', Buffer.from(pem).toString('base64')],
  ])('takes an authority as %s', async (_form, value) => {
    const config = await load({ KUBERNETES_CA: value });

    expect(config).toMatchObject({ KUBERNETES_CA: pem, KUBERNETES_URL: 'https://kubernetes.example:6443' });
  });

  it('takes no other text for an authority, and does not repeat it', async () => {
    const error = await refusal(load({ KUBERNETES_CA: 'hunter2' }));

    expect(error.message).toBe(
      'Bad configuration: KUBERNETES_CA must be certificates in PEM, or base64 of that.',
    );
  });

  it('reads the token from the parameter that KUBERNETES_TOKEN_PARAMETER names', async () => {
    const environment = { ...given, KUBERNETES_TOKEN_PARAMETER: '/prod/kubernetes' };

    const config = await loadConfiguration(
      createDiagnoseIncidentSchema(),
      async () => 'from-store',
      environment,
    );

    expect(config.KUBERNETES_TOKEN).toBe('from-store');
  });

  it.each([
    [{ KUBERNETES_URL: '' }, 'KUBERNETES_URL is required with EKS_CLUSTER_NAME'],
    [{ AWS_REGION: '' }, 'AWS_REGION is required with EKS_CLUSTER_NAME'],
    [{ KUBERNETES_TOKEN: 'one' }, 'KUBERNETES_TOKEN cannot be set beside EKS_CLUSTER_NAME'],
  ])('refuses EKS with %j', async (change, problem) => {
    const error = await refusal(
      load({ EKS_CLUSTER_NAME: 'cryptofunk', AWS_REGION: 'eu-central-1', ...change }),
    );

    expect(error.message).toContain(problem);
  });
});

describe('the functions around Slack’s buttons', () => {
  const given = { TABLE_NAME: 'incidents', DIAGNOSE_QUEUE_URL: 'https://sqs.example/1/diagnose.fifo' };

  it('start without a secret, and then take no press', async () => {
    const config = await loadConfiguration(createSlackActionsSchema(), noParameters, given);

    expect(config.SLACK_SIGNING_SECRET).toBeUndefined();
  });

  it('read the secret from the parameter that SLACK_SIGNING_SECRET_PARAMETER names', async () => {
    const environment = { ...given, SLACK_SIGNING_SECRET_PARAMETER: '/prod/slack' };

    const config = await loadConfiguration(
      createSlackActionsSchema(),
      async (name) => `secret of ${name}`,
      environment,
    );

    expect(config.SLACK_SIGNING_SECRET).toBe('secret of /prod/slack');
  });
});
