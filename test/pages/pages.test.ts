/**
 * The pages as people get them, in a browser: what is on them, by keyboard, in the dark, on a telephone, for a screen
 * reader, and that nothing is loaded or run that is not theirs.
 *
 * With SCREENSHOTS=<folder> it leaves pictures there.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import axe from 'axe-core';
import { createTransport } from 'nodemailer';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { type MailCatcher, startMailCatcher } from '../../src/dev/mail-catcher';
import { startApi, type TestApi, waiting } from '../http/api';
import { findBrowser, openBrowser } from '../support/browser';

const browserPath = findBrowser();
const LONG = 120_000;

(browserPath === null ? describe.skip : describe)('in a browser', () => {
  let browser: Browser;
  let api: TestApi;
  let catcher: MailCatcher;
  let tracker: Awaited<ReturnType<typeof startTracker>>;
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    [browser, api, catcher, tracker] = await Promise.all([
      openBrowser(browserPath ?? ''),
      startApi(),
      startMailCatcher(),
      startTracker(),
    ]);
    await fill(api);
    await sendMails(catcher, tracker.url);
  }, LONG);
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([api?.close(), catcher?.stop(), tracker?.close()]);
  }, LONG);

  async function open(url: string, more: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1180, height: 900 }, ...more });
    contexts.push(context);
    const page = await context.newPage();
    complaints.length = 0;
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(url);
    return page;
  }

  async function signedIn(more: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const page = await open(`${api.address}/?live=off`, more);
    // The field asks for the focus behind the load: what is typed before is lost.
    await page.locator('#key:focus').waitFor();
    await page.keyboard.type(api.key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.goto(`${api.address}/?live=off`);
    return page;
  }

  test('somebody signs in by keyboard alone, and sees what runs', async () => {
    const page = await signedIn();
    await picture(page, 'overview');
    expect(await page.getByRole('row', { name: /Welcome new people/ }).innerText()).toMatch(
      /active\s+1\s+2\s+0\s+0\s+0\s+1\s+0/,
    );
    expect(await page.getByText('http.timeout').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(await page.getByLabel('API key').isVisible()).toBe(true);
    await picture(page, 'sign-in');
    expect(complaints).toEqual([]);
  });

  test('a wrong key is told where the key was typed', async () => {
    const page = await open(api.address);
    await page.getByLabel('API key').fill('tl_0123456789ab_wrong');
    await page.getByRole('button').click();
    expect(await page.getByRole('alert').innerText()).toContain('no API key in force');
    expect(await findings(page)).toEqual([]);
  });

  test('the inbox lists mails, and shows one with its styles while nothing in it runs or is loaded', async () => {
    const page = await open(`${catcher.inboxUrl}/?live=off`);
    await picture(page, 'inbox');
    expect(await page.getByRole('row').count()).toBe(4);
    await page.getByRole('link', { name: 'Your cart is waiting' }).click();
    const body = page.frameLocator('iframe');
    const heading = body.getByRole('heading', { name: 'Hello Ada' });
    await heading.waitFor();
    expect(await colorOf(heading)).toBe('rgb(180, 0, 90)');
    expect(await body.getByText('replaced by a script').count()).toBe(0);
    await picture(page, 'mail');
    expect(await page.getByRole('listitem').allInnerTexts()).toEqual([
      `Go on ${tracker.url}/click`,
    ]);
    expect(tracker.asked).toEqual([]);
    // The browser says of each of them what it was kept from.
    expect(complaints.filter((text) => !/Content Security Policy|sandboxed/.test(text))).toEqual(
      [],
    );
  });

  test.each(['light', 'dark'] as const)(
    '%s pages pass the rules of WCAG 2.2 AA',
    async (scheme) => {
      const more = { colorScheme: scheme } as const;
      const pages = [
        await open(api.address, more),
        await signedIn(more),
        await open(`${catcher.inboxUrl}/?live=off`, more),
        await open(`${catcher.inboxUrl}/mail/2`, more),
      ];
      for (const page of pages) expect(await findings(page)).toEqual([]);
      const overview = pages[1];
      if (overview) await picture(overview, `overview-${scheme}`);
      const ground = await overview?.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(ground).toBe(scheme === 'dark' ? 'rgb(20, 23, 26)' : 'rgb(247, 247, 244)');
    },
    LONG,
  );

  test('on a telephone the page is as wide as the screen, and wide tables scroll by themselves', async () => {
    const more = { viewport: { width: 360, height: 740 } };
    for (const page of [await signedIn(more), await open(`${catcher.inboxUrl}/?live=off`, more)]) {
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width).toBe(360);
      await picture(page, page.url().startsWith(api.address) ? 'overview-narrow' : 'inbox-narrow');
    }
  });

  test('pages update themselves until they are told to stop', async () => {
    const page = await open(catcher.inboxUrl);
    const again = page.waitForEvent('load', { timeout: 30_000 });
    await send(catcher, { subject: 'A late one', text: 'Here I am' });
    await again;
    await page.getByRole('link', { name: 'A late one' }).waitFor();
    await page.getByRole('link', { name: 'Stop updating' }).click();
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(0);
  });

  async function findings(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const found = (await page.evaluate(
      `axe.run({ runOnly: ${JSON.stringify(rules)}, iframes: false })`,
    )) as axe.AxeResults;
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    );
  }
});

/** Runs in the browser, whose globals the types of this project do not know. */
function colorOf(shown: Locator): Promise<string> {
  return shown.evaluate((element) => {
    const page = globalThis as unknown as { getComputedStyle(of: unknown): { color: string } };
    return page.getComputedStyle(element).color;
  });
}

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Whoever loads something from it has been tracked. */
async function startTracker() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.url));
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function send(
  { smtpUrl }: MailCatcher,
  mail: { subject: string; text?: string; html?: string },
): Promise<void> {
  const transport = createTransport(smtpUrl);
  await transport.sendMail({ from: 'Shop <shop@example.com>', to: 'ada@example.com', ...mail });
  transport.close();
}

async function sendMails(catcher: MailCatcher, tracker: string): Promise<void> {
  await send(catcher, { subject: 'Welcome, Ada', text: 'Good to have you.' });
  await send(catcher, {
    subject: 'Your cart is waiting',
    text: 'Hello Ada, your cart is waiting.',
    html: `<link href="${tracker}/font.css" rel="stylesheet"><style>h1 { color: rgb(180, 0, 90); font-family: Georgia, serif }</style><h1>Hello Ada</h1>
      <p>Your cart is waiting. <a href="${tracker}/click">Go on</a></p><img src="${tracker}/open.gif" alt="">
      <script>document.body.textContent = 'replaced by a script'; fetch('${tracker}/script')</script>`,
  });
  await send(catcher, { subject: '10 % off what is in your cart', text: 'Until Friday.' });
}

/** A workspace with some workflows, people under way, somebody stuck and somebody whose journey failed. */
async function fill(api: TestApi): Promise<void> {
  await api.post('/workflows', waiting('win-back', { name: 'Win back' })).expect(201);
  await api.post('/workflows', waiting('welcome', { name: 'Welcome new people' })).expect(201);
  await api.post('/workflows/welcome/activate').expect(200);
  const ids: string[] = [];
  for (const name of ['ada', 'bo', 'cy']) {
    const contact = { email: `${name}@example.com` };
    const answer = await api.post('/workflows/welcome/enrollments', { contact }).expect(202);
    ids.push(String(answer.body.id));
  }
  await api.admin`update enrollments set status = 'failed', ended_at = now(),
    error = ${api.admin.json({ code: 'http.timeout', nodeId: 'call_shop' })} where id = ${ids[0] ?? ''}`;
  await api.admin`insert into stuck_enrollments (workspace_id, enrollment_id, reason, found_at)
    values (${api.workspaceId}, ${ids[1] ?? ''}, 'not_started', now())`;
}
