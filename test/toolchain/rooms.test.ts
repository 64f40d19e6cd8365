import { createFixture, type Fixture } from '../support/fixture';

const CONFIG = ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'];
const DEPCRUISE = 'dependency-cruiser/bin/dependency-cruise.mjs';

/** Files that the rules allow; each wrong one below imports some of them. */
const sound: Record<string, string> = {
  'src/errors.ts': 'export const code = 1;',
  'src/config.ts': "import { z } from 'zod'; export const config = z.string();",
  'src/journey/state.ts': "import { z } from 'zod'; export const state = z.string();",
  'src/evaluate/liquid.ts':
    "import { state } from '../journey/state'; export const liquid = state;",
  'src/language/parse.ts':
    "import { liquid } from '../evaluate/liquid'; export const parse = liquid;",
  'src/db/rows.ts':
    "import { code } from '../errors'; import { state } from '../journey/state'; export const rows = [code, state];",
  'src/channels/smtp.ts': "import { connect } from 'node:net'; export const smtp = connect;",
  'src/temporal/start.ts':
    "import { rows } from '../db/rows'; import { bell } from '../../workflows/messages'; export const start = [rows, bell];",
  'src/http/app.ts':
    "import { start } from '../temporal/start'; import { parse } from '../language/parse'; export interface App { readonly parts: [typeof start, typeof parse] }",
  'src/client/index.ts': "import type { App } from '../http/app'; export type Client = App;",
  'src/dev/start.ts': "import { server } from '../server'; export const dev = server;",
  'src/server.ts': "import type { App } from './http/app'; export const server = {} as App;",
  'workflows/messages.ts':
    "import { defineSignal } from '@temporalio/workflow'; export const bell = defineSignal('bell');",
  'workflows/enrollment.ts':
    "import type { Acts } from '../activities/index'; import { state } from '../src/journey/state'; export const run = (acts: Acts) => [acts, state];",
  'activities/index.ts':
    "import { smtp } from '../src/channels/smtp'; import { rows } from '../src/db/rows'; export interface Acts { readonly parts: [typeof smtp, typeof rows] }",
};

/** One wrong import each, with the rule that must name it. */
const wrong: readonly (readonly [file: string, imported: string, rule: string])[] = [
  ['src/journey/wrong-shared.ts', '../errors', 'room-journey'],
  ['src/journey/wrong-room.ts', '../evaluate/liquid', 'room-journey'],
  ['src/journey/wrong-package.ts', 'pino', 'sandbox-journey'],
  ['src/journey/wrong-built-in.ts', 'node:fs', 'sandbox-journey'],
  ['src/journey/wrong-plain-built-in.ts', 'crypto', 'sandbox-journey'],
  ['src/evaluate/wrong.ts', '../db/rows', 'room-evaluate'],
  ['src/language/wrong.ts', '../temporal/start', 'room-language'],
  ['src/db/wrong.ts', '../channels/smtp', 'room-db'],
  ['src/channels/wrong.ts', '../db/rows', 'room-channels'],
  ['src/temporal/wrong.ts', '../http/app', 'room-temporal'],
  ['src/temporal/wrong-workflow.ts', '../../workflows/enrollment', 'room-temporal'],
  ['src/http/wrong.ts', '../channels/smtp', 'room-http'],
  ['src/http/wrong-activity.ts', '../../activities/index', 'room-http'],
  ['src/client/wrong.ts', '../errors', 'room-client'],
  ['src/client/wrong-package.ts', 'pino', 'client-has-no-dependencies'],
  ['workflows/wrong.ts', '../src/evaluate/liquid', 'room-workflows'],
  ['workflows/wrong-shared.ts', '../src/config', 'room-workflows'],
  ['workflows/wrong-package.ts', '@temporalio/client', 'sandbox-workflows'],
  ['workflows/wrong-built-in.ts', 'node:os', 'sandbox-workflows'],
  ['activities/wrong.ts', '../src/http/app', 'room-activities'],
  ['src/log.ts', './db/rows', 'shared-files-know-no-room'],
  ['src/http/wrong-root.ts', '../server', 'composition-roots-are-roots'],
  ['src/db/wrong-dev.ts', '../dev/start', 'nothing-imports-dev-or-cli'],
  ['src/utilities/wrong.ts', '../errors', 'every-file-is-in-a-room'],
  ['src/http/wrong-tool.ts', 'jest', 'no-dev-dependency-in-product-code'],
  ['src/http/wrong-name.ts', './nowhere', 'no-unresolved'],
];

/** The packages of a fixture are a link, which must not be followed out of it. */
const WITH_LINK = `const config = require('./.dependency-cruiser.cjs');
module.exports = { ...config, options: { ...config.options, preserveSymlinks: true } };`;

const fixtures: Fixture[] = [];

function cruise(files: Record<string, string>) {
  const fixture = createFixture(CONFIG, { ...files, 'with-link.cjs': WITH_LINK });
  fixtures.push(fixture);
  return fixture.run(DEPCRUISE, '--config', 'with-link.cjs', 'src', 'workflows', 'activities');
}

afterAll(() => {
  for (const fixture of fixtures) fixture.remove();
});

describe('the rules of the rooms', () => {
  it('allow what the table allows', () => {
    const { status, output } = cruise(sound);
    expect([status, output]).toEqual([0, expect.stringContaining('no dependency violations')]);
  });

  it('forbid cycles, also those of types', () => {
    const { status, output } = cruise({
      ...sound,
      'src/db/one.ts': "import type { Two } from './two'; export interface One { two: Two }",
      'src/db/two.ts': "import type { One } from './one'; export interface Two { one: One }",
    });
    expect([status, output]).toEqual([1, expect.stringMatching(/no-cycles: .*src\/db\/one\.ts/)]);
  });

  describe('forbid', () => {
    let report: ReturnType<typeof cruise>;

    beforeAll(() => {
      const files = wrong.map(([file, imported]) => [
        file,
        `import * as it from '${imported}'; export const used = it;`,
      ]);
      report = cruise({ ...sound, ...Object.fromEntries(files) });
    });

    it.each(wrong)('%s to import %s', (file, _imported, rule) => {
      expect(report.output).toContain(`error ${rule}: ${file}`);
    });
  });
});
