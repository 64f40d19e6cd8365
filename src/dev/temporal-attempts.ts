import { delimiter, join } from 'node:path';

/** The release of Temporal's command line that is fetched or built; later tags do not install with `go install`. */
export const TEMPORAL_VERSION = '1.5.1';

/** One way to get the `temporal` program, as data; `findTemporal` tries them in order. */
export type TemporalAttempt =
  | { kind: 'path'; title: string; candidates: string[] }
  | { kind: 'cache'; title: string; file: string }
  | { kind: 'download'; title: string; infoUrl: string; file: string }
  | {
      kind: 'build';
      title: string;
      command: string;
      args: string[];
      built: string;
      env: Record<string, string>;
      file: string;
    };

/** What the list of attempts depends on. */
export interface TemporalHost {
  path: string;
  platform: NodeJS.Platform;
  arch: string;
  /** The user's folder for programs, see `cacheDir`. */
  cache: string;
  pid: number;
}

const DOWNLOAD_ARCH: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };
const DOWNLOAD_PLATFORM: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};

/** The ways to get `temporal` on this host, cheapest first. Pure: nothing is looked at. */
export function temporalAttempts(host: TemporalHost): TemporalAttempt[] {
  const program = host.platform === 'win32' ? 'temporal.exe' : 'temporal';
  const folder = join(host.cache, `temporal-${TEMPORAL_VERSION}`);
  const file = join(folder, program);
  const directories = host.path.split(delimiter).filter((directory) => directory !== '');
  const attempts: TemporalAttempt[] = [
    {
      kind: 'path',
      title: 'temporal on PATH',
      candidates: directories.map((directory) => join(directory, program)),
    },
    { kind: 'cache', title: `cached program ${file}`, file },
  ];
  const infoUrl = downloadInfoUrl(host);
  if (infoUrl)
    attempts.push({ kind: 'download', title: 'download from temporal.download', infoUrl, file });
  const binFolder = `${folder}.partial-${host.pid}`;
  attempts.push({
    kind: 'build',
    title: `build with Go (temporal ${TEMPORAL_VERSION}, once, about three minutes)`,
    command: 'go',
    args: [
      'install',
      '-ldflags=-s -w',
      `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_VERSION}`,
    ],
    env: { GOBIN: binFolder },
    built: join(binFolder, program),
    file,
  });
  return attempts;
}

/** Temporal's download service, which the SDK asks too; null for machines it has nothing for. */
function downloadInfoUrl({ platform, arch }: TemporalHost): string | null {
  const [downloadArch, downloadPlatform] = [DOWNLOAD_ARCH[arch], DOWNLOAD_PLATFORM[platform]];
  if (!downloadArch || !downloadPlatform) return null;
  const format = platform === 'win32' ? 'zip' : 'tar.gz';
  const query = new URLSearchParams({ arch: downloadArch, platform: downloadPlatform, format });
  return `https://temporal.download/cli/v${TEMPORAL_VERSION}?${query.toString()}`;
}
