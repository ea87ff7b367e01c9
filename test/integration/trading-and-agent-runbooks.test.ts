import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  commandsOf,
  finding,
  fired,
  runChecks,
  type SampleDiagnosis,
  startSampleDiagnosis,
  stepIds,
} from '../support/sample-diagnosis.ts';

let world: SampleDiagnosis;

beforeAll(async () => {
  world = await startSampleDiagnosis();
});

afterAll(() => world?.close());

const order = ['attention', 'normal', 'unchecked'];
/** Nothing that only a program would say, no place left for a person to fill, no second line. */
const unfilled = /\{\{|<[a-zA-Z]|\bnull\b|undefined|NaN|\[object|920X|\n/;
/** A command that changes nothing: a log, or a profile over a forwarded port. */
const reading =
  /^kubectl (logs [^&|]*(\| grep -i error)?|port-forward [^&|]*& sleep 2; go tool pprof [^&|]*; kill \$!)$/;

describe.each(Object.keys(fired))('%s', (alertname) => {
  test('could make every check, and says each in a sentence without a hole', async () => {
    const { findings } = await world.diagnose(alertname);

    for (const { sentence, verdict, stepId } of findings) {
      expect(verdict, `${stepId}: ${sentence}`).not.toBe('unchecked');
      expect(sentence).not.toMatch(unfilled);
      expect(sentence).not.toMatch(/see below|\bfound$| ,| {2}|^ | $/);
      expect(sentence.length).toBeGreaterThan(5);
    }
  });

  test('opens with what needs attention, and is short where nothing does', async () => {
    const { findings } = await world.diagnose(alertname);
    const verdicts = findings.map(({ verdict }) => verdict);

    expect(verdicts[0]).toBe('attention');
    expect(verdicts).toEqual(verdicts.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
    for (const { sentence, verdict } of findings) {
      if (verdict === 'normal') expect(sentence.length).toBeLessThan(95);
    }
  });

  test('fills its commands in, and none that changes something comes without a caution', async () => {
    const { commands } = await world.diagnose(alertname);

    for (const { command, caution } of commands) {
      expect(command).toMatch(/^(kubectl|amtool|echo) /);
      expect(command.replace('/dev/null', '')).not.toMatch(unfilled);
      expect(caution !== undefined || reading.test(command), command).toBe(true);
    }
  });

  test('is diagnosed as well when its alert carries no label, and when nothing can be asked', async () => {
    const bare = await world.diagnose(alertname, [{}]);
    const blind = await runChecks(alertname, [], 'opened', {});

    for (const { sentence } of [...bare.findings, ...blind.findings]) expect(sentence).not.toMatch(unfilled);
    for (const command of [...commandsOf(bare), ...commandsOf(blind)]) {
      expect(command.replace('/dev/null', '')).not.toMatch(unfilled);
    }
  });
});

describe('HighMemoryUsage and HighCPUUsage', () => {
  test('say how much of which limit the pod uses, how it came there, and who else is near', async () => {
    const memory = await world.diagnose('HighMemoryUsage');
    const cpu = await world.diagnose('HighCPUUsage');

    expect(memory.findings[0]?.sentence).toBe(
      'api-5d8f9c7b46-q7w2m uses 95.1 % of its memory limit, 487 of 512 MiB',
    );
    expect(finding(memory, 'leak:api-5d8f9c7b46-q7w2m').sentence).toMatch(
      /^memory of api-5d8f9c7b46-q7w2m grew by [\d.]+ % in the last hour; if it never falls back, it leaks$/,
    );
    expect(cpu.findings[0]?.sentence).toBe('api-5d8f9c7b46-q7w2m uses 92 % of its CPU limit, 460m of 500m');
    expect(finding(cpu, 'throttled:api-5d8f9c7b46-q7w2m').sentence).toMatch(
      /^api-5d8f9c7b46-q7w2m is held back by its CPU limit for 0\.\d+ s every second$/,
    );
    expect(finding(cpu, 'neighbours').sentence).toBe(
      '1 other container above 80 % of its CPU limit: postgres 94 %',
    );
  });

  test('name the deployment behind the pod in the command that raises its limit', async () => {
    const memory = await world.diagnose('HighMemoryUsage');
    const cpu = await world.diagnose('HighCPUUsage');

    expect(commandsOf(memory)).toContain(
      'kubectl set resources -n cryptofunk deployment/api -c api --limits=memory=1024Mi',
    );
    expect(commandsOf(cpu)).toContain(
      'kubectl set resources -n cryptofunk deployment/api -c api --limits=cpu=1000m',
    );
  });

  test('say that a pod has no limit instead of a share of one, and offer none to double', async () => {
    const pod = 'risk-analyzer-server-7e8f9a6b4c-p2n6v';

    const memory = await world.diagnose('HighMemoryUsage', [{ namespace: 'cryptofunk', pod }]);

    expect(finding(memory, `usage:${pod}`).sentence).toBe(`${pod} uses 139 MiB and has no memory limit`);
    expect(finding(memory, `limits:${pod}`).verdict).toBe('attention');
    expect(commandsOf(memory).join()).not.toContain('set resources');
  });

  test('look at each pod that fires, three at most', async () => {
    const pods = ['api-1-a', 'api-1-b', 'api-1-c', 'api-1-d'].map((pod) => ({ pod }));

    const diagnosis = await world.diagnose('HighCPUUsage', pods);

    expect(stepIds(diagnosis).filter((id) => id.startsWith('history:'))).toEqual([
      'history:api-1-a',
      'history:api-1-b',
      'history:api-1-c',
      'history:beyond',
    ]);
  });
});
