/**
 * Who may import whom. The table is the one of ARCHITECTURE.md: a room may import itself, the rooms
 * named here and the shared files; everything else is an error. Tests, scripts and the benchmark
 * import what they like and are imported by nobody.
 */
const ROOMS = {
  journey: [],
  evaluate: ['journey'],
  language: ['evaluate', 'journey'],
  library: ['language'],
  db: ['journey'],
  channels: [],
  links: [],
  temporal: ['db', 'journey'],
  http: ['library', 'language', 'evaluate', 'temporal', 'links', 'db', 'journey'],
  client: [],
};

/**
 * Single files of other rooms. The client takes types only, and so do workflows of activities:
 * .oxlintrc.json demands "import type" there. Callers and workflows share the names of messages.
 * Channels look once more, by the journey's rules, at what can be written into a mail or a call.
 */
const PARTS = {
  client: ['^src/http/'],
  channels: ['^src/journey/(mail-rules|http-headers)\\.ts$'],
  temporal: ['^workflows/(messages|search-attributes)\\.ts$'],
};

/** Settings, error codes, log, metrics and ids: for every room whose code does not run in the sandbox. */
const SHARED = '^src/(config|errors|log|metrics|ids)\\.ts$';
const COMPOSITION_ROOTS = '^src/(server|worker|migrate)\\.ts$';

const NODE_MODULES = '^node_modules/';

function roomRule(name, folder, allowed) {
  const own = `^${folder}/`;
  return {
    name: `room-${name}`,
    comment: `${folder} imports itself and what the table of rooms allows.`,
    severity: 'error',
    from: { path: own },
    to: { pathNot: [own, ...allowed, NODE_MODULES], dependencyTypesNot: ['core'] },
  };
}

function sandboxRule(name, folder, packages) {
  return {
    name: `sandbox-${name}`,
    comment: `${folder} runs in the workflow sandbox: only ${packages.join(', ')} exist for it there.`,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: {
      path: ['^node_modules/', '^[^./]+$', '^(node:|@)'],
      pathNot: [`^node_modules/(${packages.join('|')})/`, '^(src|workflows|activities)/'],
    },
  };
}

const rooms = Object.entries(ROOMS).map(([name, allowed]) =>
  roomRule(name, `src/${name}`, [
    ...allowed.map((room) => `^src/${room}/`),
    ...(PARTS[name] ?? []),
    ...(name === 'journey' || name === 'client' ? [] : [SHARED]),
  ]),
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...rooms,
    roomRule('workflows', 'workflows', ['^src/journey/', '^activities/']),
    roomRule('activities', 'activities', [
      '^src/db/',
      '^src/channels/',
      '^src/links/',
      '^src/evaluate/',
      '^src/journey/',
      SHARED,
    ]),
    sandboxRule('journey', 'src/journey', ['zod']),
    sandboxRule('workflows', 'workflows', ['@temporalio/workflow', '@temporalio/common']),
    {
      name: 'client-has-no-dependencies',
      comment:
        'Other backends install the client: it runs without any package (types of zod aside).',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { path: '^node_modules/', pathNot: '^node_modules/zod/' },
    },
    {
      name: 'shared-files-know-no-room',
      comment: 'config, errors, log, metrics and ids lie below every room.',
      severity: 'error',
      from: { path: SHARED },
      to: { path: '^(src/[^/]+/|workflows/|activities/)' },
    },
    {
      name: 'composition-roots-are-roots',
      comment: 'server.ts, worker.ts and migrate.ts construct things; only dev and cli start them.',
      severity: 'error',
      from: { pathNot: '^src/(dev|cli)/' },
      to: { path: COMPOSITION_ROOTS },
    },
    {
      name: 'nothing-imports-dev-or-cli',
      severity: 'error',
      from: { pathNot: '^src/(dev|cli)/' },
      to: { path: '^src/(dev|cli)/' },
    },
    {
      name: 'product-code-imports-no-tests',
      severity: 'error',
      from: {},
      to: { path: '^(test|scripts|bench)/' },
    },
    {
      name: 'every-file-is-in-a-room',
      comment: 'A new folder needs a line in the table of rooms first.',
      severity: 'error',
      from: {
        path: '^src/[^/]+/',
        pathNot: `^src/(${[...Object.keys(ROOMS), 'dev', 'cli'].join('|')})/`,
      },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependency-in-product-code',
      severity: 'error',
      from: {},
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: '^node_modules/@types/',
      },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
