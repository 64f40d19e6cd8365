/** The workflow code of the next release: this one's, with two modules in the place of its own. */
import { join } from 'node:path';
import { workflowSource } from '../../../src/worker';

type Source = ReturnType<typeof workflowSource>;

const journey = join(__dirname, '../../../src/journey');

/** For a worker that is rolled out over the one of this release. */
export function nextRelease(): Source {
  const { workflowsPath, bundlerOptions } = workflowSource();
  const webpackConfigHook = (config: { plugins?: object[] }) => ({
    ...config,
    plugins: [...(config.plugins ?? []), { apply: replaceModules }],
  });
  return {
    workflowsPath,
    bundlerOptions: { ...bundlerOptions, webpackConfigHook },
  } as unknown as Source;
}

interface Requested {
  readonly context: string;
  readonly contextInfo: { readonly issuer: string };
  request: string;
}

interface Compiler {
  readonly hooks: {
    readonly normalModuleFactory: { tap(name: string, use: (factory: Factory) => void): void };
  };
}

interface Factory {
  readonly hooks: {
    readonly beforeResolve: { tap(name: string, use: (requested: Requested) => void): void };
  };
}

function replaceModules(compiler: Compiler): void {
  compiler.hooks.normalModuleFactory.tap('next-release', (factory) => {
    factory.hooks.beforeResolve.tap('next-release', (requested) => {
      // The replacement may ask for what it replaces.
      if (requested.contextInfo.issuer.startsWith(__dirname)) return;
      for (const name of ['engine-version', 'travel'])
        if (join(requested.context, requested.request) === join(journey, name))
          requested.request = join(__dirname, name);
    });
  });
}
