import { accessible, enter, expect, fits, scripted, taken, test } from '../fixtures/test.js';
import type { Page } from '@playwright/test';

/** Looked at by a program for what keeps people out, and by its width. */
async function looked(page: Page): Promise<void> {
  await taken(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await accessible(page);
  await fits(page);
}

/** Follows the first link in the page's own part whose address holds this. */
async function follow(page: Page, address: string): Promise<void> {
  const link = page.getByRole('main').locator(`a[href*="${address}"]`).filter({ visible: true }).first();
  const there = await link.getAttribute('href');
  await page.goto(there ?? '');
}

test('a network, now and as of a day, its history and its plan', async ({ page }) => {
  await enter(page, /Rektornettverk Surnadal/);
  await page.goto('/nordmore/networks');
  await page.getByRole('main').getByRole('link', { name: /Rektornettverk Surnadal/ }).last().click();
  await expect(page.getByRole('heading', { level: 1, name: /Rektornettverk Surnadal/ })).toBeVisible();
  await looked(page);
  const network = new URL(page.url()).pathname;
  await page.goto(`${network}?dato=2018-06-01`);
  await expect(page.getByText(/Du ser siden slik den var/)).toBeVisible();
  await looked(page);
  await page.goto(`${network}?dato=2018-06-01&kjent=2018-06-01`);
  await expect(page.getByText(/Du ser siden slik den var/)).toBeVisible();
  await looked(page);
  await page.goto(`${network}/plan`);
  await expect(page.getByRole('button', { name: 'Planlegg møtet' })).toBeVisible();
  await looked(page);
  for (const query of ['', '?dato=2019-06-30', '?dato=2019-06-30&kjent=da', '?slag=rettelser']) {
    await page.goto(network.replace('/networks/', '/history/') + query);
    await expect(page.locator('#story')).toBeVisible();
    await looked(page);
  }
});

test('the map of networks as of a day', async ({ page }) => {
  await enter(page, /Oppvekstfaglig ansvarlig/);
  await page.goto('/nordmore/networks?dato=2016-03-01');
  await expect(page.getByText(/Du ser siden slik den var/)).toBeVisible();
  await looked(page);
});

test('a meeting that was held, an organisation and a commitment', async ({ page }) => {
  await enter(page, /Rektor i Sunndal/);
  await page.goto('/nordmore/commitments');
  await follow(page, '/commitments/');
  await expect(page.getByRole('heading', { level: 1, name: /^Oppdrag for/ })).toBeVisible();
  await looked(page);
  await page.getByRole('link', { name: 'Se møtet' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Etter' })).toBeVisible();
  await looked(page);
  await page.goto('/nordmore/networks');
  await page.getByRole('main').getByRole('link', { name: /Rektornettverk Sunndal/ }).last().click();
  await taken(page);
  await follow(page, '/organisations/');
  await expect(page).toHaveURL(/\/organisations\//);
  await looked(page);
});

test('a meeting ahead, for somebody who takes part', async ({ page }) => {
  await enter(page, /Rektor i Sunndal/);
  await page.getByRole('main').getByRole('link', { name: 'Forbered møtet' }).first().click();
  await expect(page.getByRole('heading', { level: 2, name: 'Før' })).toBeVisible();
  await looked(page);
});

test('today, for everybody one can enter as, in both regions', async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto('/');
  const people = await page.locator('form.door-person button').evaluateAll((all) =>
    all.map((one) => one.getAttribute('aria-label') ?? ''),
  );
  expect(people.length).toBe(12);
  for (const person of people) {
    await page.goto('/');
    await page.getByRole('button', { name: person, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'I dag' })).toBeVisible();
    await looked(page);
  }
});

test('what is not there, and what is not for me', async ({ page }) => {
  const signedOut = await page.goto('/nordmore/networks');
  expect(signedOut?.status()).toBe(401);
  await looked(page);
  const nowhere = await page.goto('/nordmore/no/such/page');
  expect(nowhere?.status()).toBe(404);
  await looked(page);
  await enter(page, /Rektor i Sunndal/);
  const inside = await page.goto('/nordmore/no/such/page');
  expect(inside?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'Fant ikke siden' })).toBeVisible();
  await looked(page);
  const missing = await page.goto('/nordmore/networks/01890000-0000-7000-8000-000000000001');
  expect(missing?.status()).toBe(404);
  await looked(page);
});

test('the shell that an app can start with leads to today', async ({ page }) => {
  await enter(page, /Rektor i Sunndal/);
  await page.goto('/nordmore/app');
  if (scripted()) {
    await expect(page.getByRole('heading', { level: 1, name: 'I dag' })).toBeVisible();
    await expect(page).toHaveURL(/\/nordmore$/);
  }
  await accessible(page);
  await fits(page);
});
