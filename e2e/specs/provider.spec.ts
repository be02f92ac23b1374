import { execFileSync } from 'node:child_process';
import type { BrowserContext, Page } from '@playwright/test';
import { accessible, expect, fits, press, test } from '../fixtures/test';

const issuer = `http://localhost:${Number(process.env.SAMSPOR_PORT ?? 4317) + 3}`;

/** Runs the program on the database of the journeys. */
function samspor(...words: string[]): string {
  const program = process.env.SAMSPOR_BIN ?? '../target/release/samspor';
  const env = { ...process.env, SAMSPOR_PROVIDER_SECRET: 'between-us-two' };
  return execFileSync(program, words, { encoding: 'utf8', env }).trim();
}

/** A region whose people sign in with the provider, and its first administrator, who has come in. */
async function region(page: Page, site: string): Promise<string> {
  const slug = `op-${Date.now().toString(36)}-${test.info().workerIndex}`;
  samspor('tenant', 'create', slug, '--name', 'Indre Fjordane', '--language', 'nb');
  const link = samspor(
    ...['tenant', 'administrator', slug, '--name', 'Ragnhild Nes', '--email', `${slug}@region.example`, '--address', site],
  );
  samspor(
    ...['provider', 'add', slug, 'feide', '--issuer', issuer, '--client-id', 'samspor', '--scope', 'work'],
    ...['--organisation-claim', 'principal', '--require', 'affiliation=employee', '--address', site],
  );
  await page.goto(link);
  return slug;
}

// The provider's own pages are dressed from elsewhere, which no test reaches.
test.beforeEach(async ({ context }) => plain(context));

/** Leaves out what is neither ours nor the provider's. */
async function plain(context: BrowserContext): Promise<BrowserContext> {
  const elsewhere = (url: URL) => !['localhost', '127.0.0.1'].includes(url.hostname);
  await context.route(elsewhere, (route) => route.fulfill({ status: 200, body: '' }));
  return context;
}

/** Says at the provider who one is. */
async function vouch(page: Page, login: string) {
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill('whatever');
  await page.locator('button[type=submit]').click();
  await agree(page);
}

/** Lets the provider tell. */
async function agree(page: Page) {
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('an invitation is taken with a provider, which signs in and out from then on, also with new keys', async ({ page, baseURL }) => {
  const login = `employee-turid${Date.now()}`;
  const slug = await region(page, baseURL!);
  await expect(page.getByRole('heading', { level: 1, name: 'Du er invitert' })).toBeVisible();
  await accessible(page);
  await fits(page);
  await page.getByRole('link', { name: 'Ta imot med Feide' }).click();
  await vouch(page, login);
  await expect(page).toHaveURL(new RegExp(`/${slug}$`));

  await page.goto('/account');
  await expect(page.getByText(/logget inn med en innloggingstjeneste/)).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Feide' })).toBeVisible();
  await accessible(page);
  await fits(page);

  // Signed out here and there: the provider asks who it is again.
  await page.getByRole('button', { name: 'Logg ut', exact: true }).click();
  await page.waitForURL((url) => url.origin === issuer);
  await page.getByRole('button', { name: /sign me out/i }).click();
  await expect(page).toHaveURL(`${baseURL}/`);

  await fetch(`${issuer}/rotate`, { method: 'POST' });
  await page.goto(`/sign-in?region=${slug}`);
  await accessible(page);
  await fits(page);
  await page.getByRole('link', { name: 'Logg inn med Feide' }).click();
  await vouch(page, login);
  await expect(page).toHaveURL(new RegExp(`/${slug}$`));
});

test('whoever works at an organisation that is mapped is let in, a pupil there is not', async ({ page, browser, baseURL }) => {
  const slug = await region(page, baseURL!);
  await press(page, 'Ta imot invitasjonen');
  await expect(page).toHaveURL(new RegExp(`/${slug}$`));
  const school = '019b0000-0000-7000-8000-000000000001';
  const token = samspor('token', 'create', slug, administrator(slug), '--name', 'test', '--scope', 'write');
  const ordered = await fetch(`${baseURL}/api/v1/regions/${slug}/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      id: crypto.randomUUID(),
      command: {
        organisation: {
          register: { organisation: school, called: 'Skjåk skule', kind: 'school', parent: null, school_type: 'combined', pupils: 210 },
        },
      },
    }),
  });
  expect(ordered.status, await ordered.text()).toBeLessThan(300);
  samspor('provider', 'map', slug, issuer, 'skole.example', 'Skjåk skule', '--role', 'teacher');

  const own = await plain(await browser.newContext());
  const pupil = await own.newPage();
  await pupil.goto(`${baseURL}/sign-in?region=${slug}`);
  await pupil.getByRole('link', { name: 'Logg inn med Feide' }).click();
  await vouch(pupil, `student-per${slug}`.replaceAll(/-(?=.*-)/g, ''));
  await expect(pupil.getByRole('heading', { level: 1, name: 'Ingen her kjenner deg ennå' })).toBeVisible();
  await accessible(pupil);
  await fits(pupil);
  await own.close();

  const theirs = await plain(await browser.newContext());
  const teacher = await theirs.newPage();
  await teacher.goto(`${baseURL}/sign-in?region=${slug}`);
  await teacher.getByRole('link', { name: 'Logg inn med Feide' }).click();
  await vouch(teacher, `employee-astrid${Date.now()}`);
  await expect(teacher).toHaveURL(new RegExp(`/${slug}$`));
  await theirs.close();

  await page.goto(`/${slug}/people`);
  const row = page.getByRole('listitem').filter({ hasText: 'Vågå' });
  await expect(row).toContainText('Skjåk skule');
  await expect(row).toContainText('Er med');
});

test('what comes back from a provider is used once', async ({ page, baseURL }) => {
  const slug = await region(page, baseURL!);
  await page.context().clearCookies();
  let returned = '';
  page.on('request', (request) => {
    if (request.url().includes('/sign-in/back?')) returned = request.url();
  });
  await page.goto(`/sign-in?region=${slug}`);
  await page.getByRole('link', { name: 'Logg inn med Feide' }).click();
  await vouch(page, `employee-${slug.replaceAll('-', '')}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Ingen her kjenner deg ennå' })).toBeVisible();
  expect(returned).toContain('code=');
  const again = await page.goto(returned);
  expect(again?.status(), 'the second time').toBe(404);
  const denied = await page.goto('/sign-in/back?state=made-up&code=made-up');
  expect(denied?.status(), 'never asked').toBe(404);
});

test('an account gets a provider as one more way in, and gives it away again', async ({ page, baseURL }) => {
  await region(page, baseURL!);
  await press(page, 'Ta imot invitasjonen');
  await page.goto('/account');
  await page.getByRole('link', { name: 'Legg til Feide' }).click();
  await vouch(page, `employee-sigrid${Date.now()}`);
  await page.goto('/account');
  await expect(page.getByRole('button', { name: 'Fjern: Feide' })).toBeVisible();
  await accessible(page);
  await fits(page);
  await press(page, 'Fjern: Feide');
  await expect(page.getByRole('link', { name: 'Legg til Feide' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Fjern/ }), 'the last way in stays').toHaveCount(0);
});

/** The id of a region's only administrator. */
function administrator(slug: string): string {
  const view = JSON.parse(samspor('show', slug, 'region', slug)) as { administrators: string[] };
  return view.administrators[0]!;
}
