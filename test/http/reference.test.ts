import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import request from 'supertest';
import { openApiDocument } from '../../src/http/openapi';
import type { Document } from '../../src/http/reference/document';
import { pageOf } from '../../src/http/reference/page';
import { routes } from '../../src/http/routes/index';
import { startApi, type TestApi } from './api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const page = () => request(api.address).get('/docs');

test('every operation is on the page, under an address of its own that the navigation leads to', async () => {
  const { status, headers, text } = await page();
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  for (const { operationId, method, path: at } of routes) {
    expect(text).toContain(`<article id="${operationId}">`);
    expect(text).toContain(`<li><a href="#${operationId}"><span class="method ${method}">`);
    expect(text).toContain(`<code>/api/v1${at.replace(/:(\w+)/g, '{$1}')}</code>`);
  }
  const anchors = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(anchors).size).toBe(anchors.length);
  const targets = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(targets.filter((id) => !anchors.includes(id))).toEqual([]);
});

test('it tells scopes, fields with their meaning, what is required, and the codes of problems', async () => {
  const { text } = await page();
  const [, article = ''] = /<article id="createApiKey">(.*?)<\/article>/s.exec(text) ?? [];
  expect(article).toContain('Needs the scope <code>api-keys:write</code>.');
  expect(article).toMatch(
    /<code class="name">name<\/code> <span class="type">text<\/span> <span class="required">required<\/span><div class="told">What it is for/,
  );
  expect(article).toContain('<code>contacts:read</code>');
  expect(article).toContain('<code>request.rate_limited</code>');
  expect(article).toContain('&quot;scopes&quot;: [');
});

test('it needs nothing from elsewhere, and its policy allows nothing', async () => {
  const { text, headers } = await page();
  expect(text).not.toMatch(/<script|<link|<img|<iframe| src=| style=|@import|url\(/i);
  expect([...text.matchAll(/href="([^"#][^"]*)"/g)].map(([, to]) => to)).toEqual(['/openapi.json']);
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(text) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  expect(headers['content-security-policy']).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'`,
  );
});

test('whatever stands in the document stays text', () => {
  const { paths, components } = openApiDocument() as unknown as Document;
  const evil = '<script>alert("1")</script>`</code><b>`';
  const info = { title: evil, description: evil };
  const named = Object.values(components.schemas).map((schema) => ({
    ...schema,
    description: evil,
  }));
  const schemas = Object.fromEntries(
    Object.keys(components.schemas).map((name, index) => [name, named[index] ?? {}]),
  );
  const { text } = pageOf({ info, paths, components: { schemas } });
  expect(text).not.toMatch(/<script|<b>/);
  expect(text).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
});

/** A browser of this machine, if it has one. */
const browser = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) =>
    (process.env['PATH'] ?? '').split(':').map((folder) => path.join(folder, name)),
  )
  .find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** What a browser made of a page, and what it has told of it. */
async function shown(file: string, address: string): Promise<{ dom: string; told: string[] }> {
  const profile = mkdtempSync(path.join(tmpdir(), 'throughline-browser-'));
  const options = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'],
    ...['--disable-background-networking', '--disable-component-update'],
    ...['--enable-logging=stderr', `--user-data-dir=${profile}`, '--dump-dom'],
  ];
  try {
    const { stdout: dom, stderr } = await promisify(execFile)(file, [...options, address], {
      ...{ timeout: 60_000, maxBuffer: 10_000_000 },
    });
    const told = stderr.split('\n').filter((line) => /CONSOLE|Content Security/.test(line));
    return { dom, told };
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

test('a browser, where there is one, shows it and refuses nothing of it', async () => {
  if (browser === undefined) return;
  const { dom, told } = await shown(browser, `${api.address}/docs`);
  expect(dom).toContain('<article id="recordEvents">');
  expect(told).toEqual([]);
}, 70_000);
