/**
 * Who may import whom: docs/architecture.md, "Where things may import from". test/unit/boundaries.test.ts plants one
 * violation of every rule below and fails when one goes unreported.
 */

/** Folders in the order of an alert's way: each knows those before it, and itself. `.` is what stands in the folder. */
const rooms = {
  'lib/core': [
    'shared',
    'redaction',
    'alert',
    'runbook',
    'grouping',
    'incident',
    'heartbeat',
    'diagnosis',
    'notice',
    'routing',
    'maintenance',
    'delivery',
    'storm',
    'channel',
    'history',
    'statistics',
  ],
  'lib/core/incident': ['.', 'state-machine'],
  'lib/core/diagnosis': ['expressions', 'findings', 'context', 'checks', '.'],
  'lib/core/notice': ['.', 'document'],
  'lib/core/history': ['.', 'report'],
  'lib/flow': ['shared', 'incident', 'receive', 'tick', 'diagnose', 'deliver', 'maintenance', 'history'],
  'lib/adapters/dynamodb': ['table', 'incidents', 'delivery', 'operations', 'history', 'statistics'],
};

/** Rooms of the same floor, which do not know each other although one is named before the other. */
const apart = {
  'lib/flow': ['receive', 'tick', 'diagnose', 'deliver', 'maintenance', 'history'],
  'lib/adapters/dynamodb': ['delivery', 'operations', 'history'],
};

const inside = (folder, room) => (room === '.' ? `^${folder}/[^/]+$` : `^${folder}/${room}/`);

const roomRules = Object.entries(rooms).flatMap(([folder, names]) =>
  names.map((room, position) => {
    const earlier = names
      .slice(0, position + 1)
      .filter((each) => each === room || !apart[folder]?.includes(room) || !apart[folder].includes(each));
    return {
      name: `${folder}/${room}-knows-earlier-rooms-only`,
      severity: 'error',
      from: { path: inside(folder, room) },
      to: { path: `^${folder}/`, pathNot: earlier.map((each) => inside(folder, each)) },
    };
  }),
);

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'flow-is-rooms-only',
      comment: 'A file that stood beside the folders would be in no step of the way.',
      severity: 'error',
      from: {},
      to: { path: '^lib/flow/[^/]+$' },
    },
    {
      name: 'core-is-pure',
      comment:
        'core imports core; zod in schema files, node:crypto in shared; CEL, RE2 and Temporal in their own files.',
      severity: 'error',
      from: { path: '^lib/core/' },
      to: {
        pathNot: [
          '^lib/core/',
          '(^|/)node_modules/zod/',
          '^(node:)?crypto$',
          'cel-js',
          're2js',
          'temporal-polyfill',
        ],
      },
    },
    {
      name: 'zod-in-schema-files-only',
      severity: 'error',
      from: { path: '^lib/core/', pathNot: '(^|[./-])schema\\.ts$' },
      to: { path: '(^|/)node_modules/zod/' },
    },
    {
      name: 'crypto-in-core-shared-only',
      severity: 'error',
      from: { path: '^lib/core/', pathNot: '^lib/core/shared/' },
      to: { path: '^(node:)?crypto$' },
    },
    {
      name: 'cel-in-its-own-files-only',
      severity: 'error',
      from: { pathNot: '^lib/core/diagnosis/expressions/cel(-tree)?\\.ts$' },
      to: { path: 'cel-js' },
    },
    {
      name: 'patterns-in-one-file-only',
      comment: 'That file alone bounds their size and the text that they are compared with.',
      severity: 'error',
      from: { pathNot: '^lib/core/shared/pattern\\.ts$' },
      to: { path: '(^|/)node_modules/re2js/' },
    },
    {
      name: 'png-in-one-adapter-only',
      comment: 'Whoever imports it for itself loads it with every start, picture or not.',
      severity: 'error',
      from: { path: '^(lib|handlers|infra|scripts)/', pathNot: '^lib/channels/email/client/' },
      to: { path: 'fast-png' },
    },
    {
      name: 'temporal-in-one-file-only',
      severity: 'error',
      from: { pathNot: '^lib/core/shared/local-time\\.ts$' },
      to: { path: '(^|/)node_modules/temporal-polyfill/' },
    },
    {
      name: 'a-channel-knows-core-and-itself-only',
      comment: 'Only the registry knows more than one; what their fakes share stands beside it.',
      severity: 'error',
      from: { path: '^lib/channels/([^/]+)/' },
      to: {
        path: '^(lib|handlers|infra|scripts|test|\\.build)/',
        pathNot: '^lib/(core/|channels/$1/|channels/scripted-calls\\.ts$)',
      },
    },
    {
      name: 'a-channel-renders-purely',
      severity: 'error',
      from: { path: '^lib/channels/([^/]+)/render/' },
      to: { pathNot: '^lib/(core/|channels/$1/)' },
    },
    {
      name: 'a-channel-renders-without-its-client',
      severity: 'error',
      from: { path: '^lib/channels/([^/]+)/render/' },
      to: { path: '^lib/channels/$1/(client/|channel\\.ts|open\\.ts|memory-)' },
    },
    {
      name: 'a-channels-client-alone-knows-its-vendor',
      severity: 'error',
      from: { path: '^lib/channels/', pathNot: '^lib/channels/[^/]+/client/' },
      to: { path: 'node_modules/', pathNot: '(^|/)node_modules/zod/' },
    },
    {
      name: 'fakes-of-channels-are-for-tests',
      severity: 'error',
      from: {
        path: '^(lib|handlers|infra|scripts)/',
        pathNot: '^lib/channels/([^/]+/memory-|scripted-calls)',
      },
      to: { path: '^lib/channels/([^/]+/memory-|scripted-calls)' },
    },
    {
      name: 'flow-imports-core-only',
      severity: 'error',
      from: { path: '^lib/flow/' },
      to: { pathNot: '^lib/(core|flow)/' },
    },
    {
      name: 'adapters-know-core-and-their-vendor-only',
      severity: 'error',
      from: { path: '^lib/adapters/([^/]+)/' },
      to: {
        path: '^(lib|handlers|infra|scripts|test|\\.build)/',
        pathNot: '^lib/(core/|adapters/($1|http-client)/)',
      },
    },
    {
      name: 'marshall-in-one-file-only',
      comment:
        'The SDK tells values by `constructor.name`, which labels may have: lib/adapters/dynamodb/table/marshall.ts.',
      severity: 'error',
      from: {
        path: '^(lib|handlers|infra|scripts)/',
        pathNot: '^lib/adapters/dynamodb/table/marshall\\.ts$',
      },
      to: { path: '@aws-sdk/util-dynamodb' },
    },
    {
      name: 'dynamodb-calls-in-the-table-only',
      comment:
        'Stores speak the verbs of lib/adapters/dynamodb/table/verbs.ts; the wiring builds the client.',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/(adapters/dynamodb/table/|wiring\\.ts$)' },
      to: { path: '@aws-sdk/client-dynamodb' },
    },
    {
      name: 'config-knows-core-only',
      severity: 'error',
      from: { path: '^lib/config/' },
      to: { pathNot: ['^lib/(core|config)/', '(^|/)node_modules/zod/'] },
    },
    {
      name: 'wiring-alone-builds-adapters',
      severity: 'error',
      from: {
        path: '^(lib|handlers)/',
        pathNot: [
          '^lib/wiring(\\.ts$|/)',
          '^lib/adapters/',
          '^lib/channels/(registry\\.ts$|[^/]+/(client/|open\\.ts$))',
        ],
      },
      to: { path: '^(lib/(adapters|channels/[^/]+/client)|\\.build)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'handlers-are-thin',
      severity: 'error',
      from: { path: '^handlers/' },
      to: {
        pathNot: [
          '^handlers/',
          '^lib/(wiring\\.ts$|flow/|config/|core/)',
          '^lib/channels/[^/]+/',
          '(^|/)node_modules/(@middy|@types/aws-lambda)/',
          '^(node:)?crypto$',
        ],
      },
    },
    {
      name: 'console-knows-types-of-answers-only',
      comment: 'It runs in browsers: whatever it imported would be sent there.',
      severity: 'error',
      from: { path: '^console/' },
      to: {
        path: '^(lib|handlers|infra|scripts|test|bench|\\.build)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nobody-imports-handlers',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(handlers|infra|scripts|test|bench)/' },
    },
    {
      name: 'what-is-deployed-uses-no-development-package',
      severity: 'error',
      from: { path: '^(lib|handlers)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '@types/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every-import-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
