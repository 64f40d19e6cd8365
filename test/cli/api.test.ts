import { findApi } from '../../src/cli/api';
import { createProgress } from '../../src/cli/progress';
import { folderWith, removeFolders } from './program';

afterAll(removeFolders);

const NOTHING = { address: undefined, key: undefined };
const RUN = { api: 'http://127.0.0.1:8080', apiKey: 'own' };

function home(): string {
  return folderWith({ 'run.json': JSON.stringify(RUN) });
}

describe('the API that a command talks to', () => {
  it('is the copy that runs here, unless another is named', () => {
    const environment = { THROUGHLINE_HOME: home() };
    expect(findApi(NOTHING, environment)).toEqual({ address: RUN.api, apiKey: 'own' });
    const named = {
      ...environment,
      THROUGHLINE_API_URL: 'https://a.example',
      THROUGHLINE_API_KEY: 'k',
    };
    expect(findApi(NOTHING, named)).toEqual({ address: 'https://a.example', apiKey: 'k' });
    expect(findApi({ address: 'https://b.example', key: 'typed' }, named)).toEqual({
      address: 'https://b.example',
      apiKey: 'typed',
    });
  });

  it('never gets the key of the copy that runs here, when it is another', () => {
    const environment = { THROUGHLINE_HOME: home() };
    const other = { address: 'https://b.example', key: undefined };
    expect(() => findApi(other, environment)).toThrow('with which key');
    const same = { address: 'http://127.0.0.1:8080/', key: undefined };
    expect(findApi(same, environment).apiKey).toBe('own');
  });

  it('must be named where no copy runs, and be an address', () => {
    const environment = { THROUGHLINE_HOME: folderWith({}) };
    expect(() => findApi(NOTHING, environment)).toThrow('No API is known');
    expect(() => findApi({ address: 'localhost:8080', key: 'k' }, environment)).toThrow(
      '--address is no address of an API',
    );
  });
});

describe('progress', () => {
  it('is one line on a terminal, and nothing anywhere else', () => {
    const told = (isTTY: boolean) => {
      const written: string[] = [];
      const progress = createProgress({ isTTY, write: (text: string) => written.push(text) });
      progress.tell('1/2 cart.yaml');
      progress.done();
      return written.join('');
    };
    expect(told(true)).toBe('\r\u001b[2K1/2 cart.yaml\r\u001b[2K');
    expect(told(false)).toBe('');
  });
});
