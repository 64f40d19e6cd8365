/**
 * Writes dist/workflow-bundle.js: the workflow code as a worker loads it, so that a deployment
 * neither bundles at every start nor needs webpack's sources.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { workflowSource } from '../src/worker';

const OUTPUT = path.resolve(__dirname, '../dist/workflow-bundle.js');

async function main(): Promise<void> {
  const { workflowsPath, bundlerOptions } = workflowSource();
  const { code } = await bundleWorkflowCode({ workflowsPath, ...bundlerOptions });
  mkdirSync(path.dirname(OUTPUT), { recursive: true });
  writeFileSync(OUTPUT, code);
  console.log(`wrote dist/workflow-bundle.js (${Math.round(code.length / 1024)} KB)`);
}

void main();
