import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { type RealProcess, startRealProcess, waitForProcess } from '../processes/real-process.ts';
import { freePorts } from './free-ports.ts';

/** Name or path of the program. */
export const ALERTMANAGER = process.env['ALERTMANAGER_BINARY'] ?? 'prometheus-alertmanager';

/** A webhook receiver; every alert goes to each of them, by `continue: true` on all but the last. */
export type Receiver = {
  name: string;
  url: string;
  auth: { kind: 'bearer'; token: string } | { kind: 'basic'; username: string; password: string };
  /** Alerts per webhook; 0 or absent: all. */
  maxAlerts?: number;
  /** Only alerts with these labels; absent: all. */
  match?: Record<string, string>;
};

export type AlertmanagerPair = {
  /** One address per peer. */
  readonly urls: [string, string];
  readonly targets: [string, string];
  stop(): Promise<void>;
};

export type AlertmanagerPairOptions = {
  /** Folder for configuration, data and logs. */
  folder: string;
  receivers: Receiver[];
  /** Each peer's own address in its payloads. */
  externalURLs?: [string, string];
  /**
   * How long the second peer waits for the first one's message that it has notified. One millisecond makes both notify,
   * like a pair whose gossip is late; with the default of a second only the first one does.
   */
  peerTimeout?: string;
  repeatInterval?: string;
  /** Labels by which alerts are grouped; alertname by default. */
  groupBy?: string[];
  /** What each peer finds as its snapshot of silences when it starts. */
  silences?: Uint8Array;
};

const clusterStatus = z.object({ cluster: z.object({ status: z.string(), peers: z.array(z.unknown()) }) });

/** Two of Debian's Alertmanagers in one cluster on loopback, with short timings. Resolves once both have settled. */
export async function startAlertmanagerPair(options: AlertmanagerPairOptions): Promise<AlertmanagerPair> {
  const [webA, webB, gossipA, gossipB] = (await freePorts(4)).map((port) => `127.0.0.1:${port}`);
  if (!webA || !webB || !gossipA || !gossipB) throw new Error('four ports were asked for');
  const [externalA, externalB] = options.externalURLs ?? [
    'http://alertmanager.example:9093',
    'http://alertmanager.example:9093',
  ];
  const urls: [string, string] = [`http://${webA}`, `http://${webB}`];
  const peers: RealProcess[] = [];
  const stop = async () => {
    // An orderly leave takes seconds, and none of their data is kept.
    await Promise.all(peers.map((peer) => peer.stop('SIGKILL')));
  };
  try {
    const a = await startPeer({ name: 'a', web: webA, gossip: gossipA, externalURL: externalA }, options);
    peers.push(a);
    const b = await startPeer(
      { name: 'b', web: webB, gossip: gossipB, externalURL: externalB, joins: gossipA },
      options,
    );
    peers.push(b);
    await Promise.all([settled(a, urls[0]), settled(b, urls[1])]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls, targets: [webA, webB], stop };
}

type Peer = { name: string; web: string; gossip: string; externalURL: string; joins?: string };

function startPeer(peer: Peer, options: AlertmanagerPairOptions): Promise<RealProcess> {
  const folder = join(options.folder, `alertmanager-${peer.name}`);
  mkdirSync(folder, { recursive: true });
  const configFile = join(folder, 'alertmanager.yml');
  writeFileSync(configFile, stringify(configuration(options)));
  if (options.silences) {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'silences'), options.silences);
  }
  return startRealProcess({
    command: ALERTMANAGER,
    args: [
      `--config.file=${configFile}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${peer.web}`,
      `--web.external-url=${peer.externalURL}`,
      `--cluster.listen-address=${peer.gossip}`,
      `--cluster.advertise-address=${peer.gossip}`,
      ...(peer.joins === undefined ? [] : [`--cluster.peer=${peer.joins}`]),
      `--cluster.peer-timeout=${options.peerTimeout ?? '1s'}`,
      '--cluster.gossip-interval=50ms',
      '--cluster.pushpull-interval=1s',
      '--cluster.settle-timeout=10s',
      '--log.level=debug',
    ],
    logFile: join(options.folder, `alertmanager-${peer.name}.log`),
  });
}

/** An Alertmanager's configuration for the receivers, like a user's. */
function configuration(options: AlertmanagerPairOptions) {
  return {
    route: {
      receiver: options.receivers[0]?.name,
      group_by: options.groupBy ?? ['alertname'],
      group_wait: '1s',
      group_interval: '2s',
      repeat_interval: options.repeatInterval ?? '1h',
      routes: options.receivers.map((receiver, index) => ({
        receiver: receiver.name,
        matchers: Object.entries(receiver.match ?? {}).map(([label, value]) => `${label}="${value}"`),
        continue: index < options.receivers.length - 1,
      })),
    },
    receivers: options.receivers.map((receiver) => ({
      name: receiver.name,
      webhook_configs: [
        {
          url: receiver.url,
          send_resolved: true,
          max_alerts: receiver.maxAlerts ?? 0,
          http_config: httpConfig(receiver.auth),
        },
      ],
    })),
  };
}

function httpConfig(auth: Receiver['auth']) {
  if (auth.kind === 'bearer') return { authorization: { type: 'Bearer', credentials: auth.token } };
  return { basic_auth: { username: auth.username, password: auth.password } };
}

async function settled(peer: RealProcess, url: string): Promise<void> {
  await waitForProcess('the Alertmanager pair to settle', peer, async () => {
    const response = await fetch(`${url}/api/v2/status`, { signal: AbortSignal.timeout(1_000) });
    const { cluster } = clusterStatus.parse(await response.json());
    return cluster.status === 'ready' && cluster.peers.length === 2 ? true : undefined;
  });
}
