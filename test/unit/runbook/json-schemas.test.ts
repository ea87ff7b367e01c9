import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jsonSchemas, schemaFor } from '../../../scripts/runbook/schema/json-schemas.ts';
import { OUR_FOLDER } from '../../support/factories/runbook-folders.ts';

const schemas = jsonSchemas();

describe('the JSON Schemas for editors', () => {
  test('in runbooks/schema match the code; npm run build:runbooks -- --schema writes them', () => {
    const committed = Object.fromEntries(
      readdirSync(join(OUR_FOLDER, 'schema')).map((name) => [
        name,
        readFileSync(join(OUR_FOLDER, 'schema', name), 'utf8'),
      ]),
    );

    expect(committed).toEqual(schemas);
  });

  test('explain every key', () => {
    const silent = Object.entries(schemas).flatMap(([name, text]) =>
      keysWithoutWords(JSON.parse(text), name),
    );

    expect(silent).toEqual([]);
  });

  test('explain a key for its own kind of step', () => {
    const text = schemas['runbook.json'] ?? '';

    for (const words of [
      'Regular expression (RE2, as in Prometheus) that is found in a metric',
      'Only active alerts with exactly these labels',
      'PromQL;',
      'One reading statement',
      'Default: /metrics',
      'Default: /health',
    ]) {
      expect(text).toContain(words);
    }
  });

  test('know every key of this project’s runbooks', () => {
    const { properties }: { properties: object } = JSON.parse(schemas['runbook.json'] ?? '');

    for (const name of readdirSync(join(OUR_FOLDER, 'alerts'))) {
      const written: object = parse(readFileSync(join(OUR_FOLDER, 'alerts', name), 'utf8'));
      for (const key of Object.keys(written)) expect(Object.keys(properties)).toContain(key);
    }
  });

  test('are chosen by file name', () => {
    expect(schemaFor('alerts/agent-down.yaml')).toBe('runbook.json');
    expect(schemaFor('default.yaml')).toBe('default.json');
    expect(Object.keys(schemas)).toContain(schemaFor('routing.yaml'));
  });
});

function keysWithoutWords(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (key !== 'properties' || typeof value !== 'object' || value === null) {
      return keysWithoutWords(value, `${path}/${key}`);
    }
    return Object.entries(value).flatMap(([name, property]: [string, unknown]) => [
      ...(hasWords(property) ? [] : [`${path}/${name}`]),
      ...keysWithoutWords(property, `${path}/${name}`),
    ]);
  });
}

function hasWords(property: unknown): boolean {
  return (
    typeof property === 'object' &&
    property !== null &&
    'description' in property &&
    typeof property.description === 'string' &&
    property.description.length > 10
  );
}
