/** A worker that dies or stops while it sends: its mail arrives once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { failureOf } from '../support/failure-of';
import { sendFixture } from '../support/send-fixture';
import { type SendCase, sender } from '../support/sends';

const desk = sendFixture();
const { given, delivery, lookingUp, age } = desk;

describe('a process that dies or stops in the middle', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const start = (of: SendCase): ChildProcess => {
    const script = join(__dirname, '../support/send-child.ts');
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        script,
        JSON.stringify({ databaseUrl: desk.t.url, smtpUrl: desk.server.url, of }),
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    children.push(child);
    return child;
  };

  test('killed after the server took the mail: found, and not sent twice', async () => {
    const of = await given();
    desk.server.ending = 'accept_late';
    const child = start(of);
    desk.server.onMail = () => void child.kill('SIGKILL');
    await once(child, 'exit');
    await eventually('the mail was taken', async () => desk.server.mails.length > 0);
    expect(await delivery(of)).toMatchObject({ status: 'claimed' });
    expect(await sender(desk.t.db, lookingUp())(of)).toMatchObject({ outcome: 'sent' });
    expect(await delivery(of)).toMatchObject({ status: 'sent', attempt: 1, resolution: 'found' });
    expect(desk.server.mails).toHaveLength(1);
  });

  test('killed before the server took the mail: absent, and sent once', async () => {
    const of = await given();
    desk.server.ending = 'hang_up';
    const child = start(of);
    desk.server.onMail = () => void child.kill('SIGKILL');
    await once(child, 'exit');
    desk.server.onMail = () => undefined;
    desk.server.ending = 'accept';
    expect(await failureOf(sender(desk.t.db, lookingUp())(of))).toMatchObject({
      type: 'email.in_doubt',
    });
    expect(await delivery(of)).toMatchObject({ status: 'unknown', reason: 'interrupted' });
    await age(of);
    expect(await sender(desk.t.db, lookingUp())(of)).toMatchObject({ outcome: 'sent' });
    expect(await delivery(of)).toMatchObject({
      status: 'sent',
      attempt: 2,
      resolution: 'absent_resent',
    });
    expect(desk.server.mails).toHaveLength(1);
  });

  test('stopped, and woken after somebody else settled it: it changes nothing', async () => {
    const of = await given();
    desk.server.ending = 'accept_late';
    const child = start(of);
    desk.server.onMail = () => void child.kill('SIGSTOP');
    await eventually('the mail was taken', async () => desk.server.mails.length > 0);
    expect(await sender(desk.t.db, lookingUp())(of)).toMatchObject({ outcome: 'sent' });
    const before = await delivery(of);
    child.kill('SIGCONT');
    const [said] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    expect(said.toString().trim()).toBe('email.superseded');
    expect(await delivery(of)).toEqual(before);
    expect(desk.server.mails).toHaveLength(1);
  });
});
