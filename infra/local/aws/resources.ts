import { readFileSync } from 'node:fs';
import { parse, type ScalarTag } from 'yaml';

/** One resource of a CloudFormation fragment under infra/. */
export type Resource = { Type: string; Properties: Record<string, unknown> };

/** The values of `!Ref`, `!Sub` and `!GetAtt` when a fragment is read outside CloudFormation. */
export type Intrinsics = { stackName: string; getAtt(logicalId: string, attribute: string): string };

/**
 * Reads the fragment that the deployment includes, so that the local stack has the same table and queues.
 * `fragment` is a file name in infra/.
 */
export function readResources(fragment: string, intrinsics: Intrinsics): Record<string, Resource> {
  const source = readFileSync(new URL(`../../${fragment}`, import.meta.url), 'utf8');
  const customTags: ScalarTag[] = [
    { tag: '!Sub', resolve: (text: string) => text.replaceAll('${AWS::StackName}', intrinsics.stackName) },
    {
      tag: '!GetAtt',
      resolve(text: string) {
        const [logicalId = '', attribute = ''] = text.split('.');
        return intrinsics.getAtt(logicalId, attribute);
      },
    },
  ];
  const document: { Resources: Record<string, Resource> } = parse(source, { customTags });
  return document.Resources;
}
