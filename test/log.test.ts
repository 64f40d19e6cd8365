import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** What a process logs that runs `statement` with a logger called `log`. */
function logged(statement: string): string {
  const script = `
    const { createLogger } = require(${JSON.stringify(resolve(__dirname, '../src/log.ts'))});
    const log = createLogger('test');
    ${statement}`;
  return spawnSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' })
    .stdout;
}

test('personal fields and secrets are redacted up to four levels deep, ids are not', () => {
  const line = logged(`log.info({
    enrollmentId: 'e-1',
    email: 'canary',
    contact: { id: 'c-1', firstName: 'canary', attributes: { plan: 'canary' } },
    request: { deep: { deeper: { subject: 'canary', apiKey: 'canary' } } },
  }, 'Done.');`);
  expect(line).not.toContain('canary');
  expect(JSON.parse(line)).toMatchObject({
    name: 'test',
    enrollmentId: 'e-1',
    contact: { id: 'c-1' },
    msg: 'Done.',
  });
});

test("an error is logged without a query's parameters and without offending values", () => {
  const line = logged(`
    const error = Object.assign(new Error('Failed query: insert\\nparams: canary'), {
      code: '23505', detail: 'Key (email)=(canary) already exists.', parameters: ['canary'],
    });
    log.error({ err: error }, 'Failed.');`);
  expect(line).not.toContain('canary');
  expect(JSON.parse(line).err).toMatchObject({
    type: 'Error',
    code: '23505',
    message: 'Failed query: insert',
    stack: expect.stringContaining('at '),
  });
});
