import { DeterminismViolationError } from '@temporalio/workflow';
import { createReplay, goldenFiles, readGolden, type Replay } from '../support/histories';

const DAY = 86_400_000;

let replay: Replay;

beforeAll(async () => {
  replay = await createReplay();
});

it.each(goldenFiles())('replays %s with the same commands', async (file) => {
  const golden = readGolden(file);
  expect(await replay(golden)).toEqual(golden.commands);
});

describe('a change that running enrollments would not survive', () => {
  const golden = readGolden('v0.1.0/ends-a-30-day-wait-when-a-goal-is-reached.json');
  const waiting = (duration: number) => ({
    ...golden.definition,
    nodes: golden.definition.nodes.map((node) =>
      node.type === 'wait' ? { ...node, data: { for: duration } } : node,
    ),
  });

  it('is caught by the commands when replay itself lets it pass', async () => {
    const changed = await replay({ ...golden, definition: waiting(DAY) });
    expect(changed).not.toEqual(golden.commands);
  });

  it('is caught by replay when a command is missing', async () => {
    const changing = replay({ ...golden, definition: waiting(0) });
    await expect(changing).rejects.toThrow(DeterminismViolationError);
  });
});
