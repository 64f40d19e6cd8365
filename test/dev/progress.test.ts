import { setTimeout as sleep } from 'node:timers/promises';
import { createProgress } from '../../src/dev/progress';

function output(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 40, write: (text: string) => written.push(text) };
}

test('on a terminal a running step is one line that is rewritten and fits', async () => {
  const out = output(true);
  const step = createProgress(out).step('Temporal: building with Go, which takes a while');
  step.update('12 modules fetched');
  await sleep(450);
  step.done('found');
  const [last, ...running] = out.written.reverse();
  expect(running.length).toBeGreaterThan(0);
  for (const text of running) {
    expect(text).not.toContain('\n');
    expect(text.replace('\r\u001b[2K', '').length).toBeLessThan(40);
  }
  expect(last).toMatch(/which takes a while – found \(0\.\d s\)\n$/);
});

test('elsewhere a short step is one plain line', async () => {
  const out = output(false);
  const step = createProgress(out).step('API: starting');
  await sleep(300);
  step.done();
  expect(out.written).toEqual([expect.stringMatching(/^API: starting \(0\.\d s\)\n$/)]);
});
